// Does every page stand in both languages, in light and dark, on a desk and on a phone, without a complaint?

import { mkdirSync } from 'node:fs';
import type { Server } from 'node:http';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { reset } from '../src/mocks/server';
import { PAGES } from './pages';
import { type Visitor, axe, launch, serve, settled, visit } from './stage';

const PICTURES = new URL('./pictures/', import.meta.url).pathname;
const only = process.env.PAGES?.split(',');
const pages = PAGES.filter(({ name }) => !only || only.includes(name));

let browser: Browser;
let server: Server;
let base: string;

beforeAll(async () => {
  mkdirSync(PICTURES, { recursive: true });
  ({ server, base } = await serve());
  browser = await launch();
});

afterAll(async () => {
  await browser?.close();
  server?.close();
});

const LOOKS = [
  { look: 'light', language: 'sv', dark: false, width: 1280 },
  { look: 'dark', language: 'en', dark: true, width: 1280 },
  { look: 'phone', language: 'sv', dark: false, width: 390 },
] as const;

for (const { look, language, dark, width } of LOOKS) {
  describe(`${look}, ${language}, ${width} px`, () => {
    let visitor: Visitor;
    beforeAll(async () => {
      visitor = await visit(browser, { language, dark, width, height: width < 500 ? 844 : 900 });
    });
    afterAll(() => visitor.context.close());

    it.each(pages)('$name stands without a complaint', async ({ name, path }) => {
      reset();
      visitor.complaints.length = 0;
      const { page } = visitor;
      await page.goto(base + path);
      await settled(page);
      await page.screenshot({ path: `${PICTURES}${name}-${look}.png`, fullPage: !path.includes('figure=') });
      expect(await axe(page)).toEqual([]);
      expect(await page.locator('html').getAttribute('lang')).toBe(language);
      if (look !== 'phone') await expect(outline(await page.locator('body').ariaSnapshot())).toMatchFileSnapshot(`./trees/${name}-${language}.yml`);
      const wider = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
      expect(wider, 'the page itself never scrolls sideways').toBeLessThanOrEqual(0);
      expect(visitor.complaints).toEqual([]);
    });
  });
}

/** What a screen reader meets, but not the rows of tables: which there are depends on the data, not on the page. */
function outline(tree: string): string {
  const lines = tree.split('\n').filter((line) => !/^\s*- (row|cell|rowheader)\b/.test(line));
  return `${lines.join('\n')}\n`;
}

describe('outside the door', () => {
  it.each(['sv', 'en'] as const)('signing in and setting up stand in %s', async (language) => {
    reset({ signedIn: false });
    const { page, context, complaints } = await visit(browser, { language, dark: language === 'en' });
    await page.goto(`${base}/customers`);
    await settled(page);
    expect(new URL(page.url()).pathname).toBe('/sign-in');
    await page.screenshot({ path: `${PICTURES}sign-in-${language}.png` });
    expect(await axe(page)).toEqual([]);
    reset({ setUpNeeded: true });
    await page.goto(`${base}/set-up#token=secret-once`);
    await settled(page);
    expect(page.url()).not.toContain('secret-once');
    expect(await page.locator('input').first().inputValue()).toBe('secret-once');
    await page.screenshot({ path: `${PICTURES}set-up-${language}.png` });
    expect(await axe(page)).toEqual([]);
    await page.goto(`${base}/invitation#secret-once`);
    await settled(page);
    expect(page.url()).not.toContain('secret-once');
    expect(await axe(page)).toEqual([]);
    expect(complaints).toEqual([]);
    await context.close();
  });

  it('an empty ledger says what to import', async () => {
    reset({ empty: true });
    const { page, context } = await visit(browser);
    for (const path of ['/', '/customers', '/portfolio', '/link', '/drivers', '/runs', '/import']) {
      await page.goto(base + path);
      await settled(page);
      const text = await page.locator('main').innerText();
      expect(text, path).toMatch(/[Ii]mport|Släpp filer/);
      expect(await axe(page), path).toEqual([]);
    }
    await page.goto(base);
    await settled(page);
    await page.screenshot({ path: `${PICTURES}empty.png` });
    await context.close();
  });
});
