// Does the screen stand on the real program? Set ODLA_PROGRAM and ODLA_HOME (a copy of an analyzed home; it is changed).

import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PAGES } from './pages';
import { type Started, setUp, start } from './program';
import { type Visitor, axe, launch, settled, visit } from './stage';

const { ODLA_PROGRAM: program, ODLA_HOME: home } = process.env;
const PICTURES = new URL('./pictures/real/', import.meta.url).pathname;

/** Pages that the mock only plays. */
const NOT_HERE = new Set(['upload', 'compare']);

const LOOKS = [
  { look: 'light', language: 'sv', dark: false, width: 1280 },
  { look: 'dark', language: 'en', dark: true, width: 1280 },
  { look: 'phone-dark', language: 'sv', dark: true, width: 390 },
  { look: 'phone', language: 'en', dark: false, width: 390 },
] as const;

/** Script of the first page, as it came over the wire. */
const MOST_SCRIPT = 300_000;

let browser: Browser;
let started: Started;
let base: string;
let visitor: Visitor;

describe.skipIf(!program || !home)('the real program', () => {
  beforeAll(async () => {
    mkdirSync(PICTURES, { recursive: true });
    started = await start(program ?? '', home ?? '');
    base = started.url;
    browser = await launch();
    visitor = await visit(browser);
    await setUp(visitor.page, started.setup);
  });

  afterAll(async () => {
    await browser?.close();
    started?.process.kill('SIGTERM');
  });

  it('the first page needs little script', async () => {
    const { page } = visitor;
    const scripts: string[] = [];
    page.on('response', (response) => response.request().resourceType() === 'script' && scripts.push(response.url()));
    await page.goto(base);
    await settled(page);
    const bytes = await page.evaluate(() =>
      performance.getEntriesByType('resource').filter((one) => one.name.endsWith('.js')).reduce((sum, one) => sum + (one as PerformanceResourceTiming).encodedBodySize, 0),
    );
    expect(bytes).toBeGreaterThan(10_000);
    expect(bytes).toBeLessThan(MOST_SCRIPT);
  });

  describe.each(LOOKS)('$look, $language, $width px', ({ look, language, dark, width }) => {
    let looker: Visitor;
    let pages: { name: string; path: string }[] = [];
    beforeAll(async () => {
      looker = await visit(browser, { language, dark, width, height: width < 500 ? 844 : 900 });
      await looker.context.addCookies(await visitor.context.cookies());
      const runs = await ask<{ items: { capabilities?: string[]; computed?: string[] }[] }>('/runs');
      const computed = runs.items[0]?.computed ?? runs.items[0]?.capabilities ?? [];
      const own = new Set(PAGES.map(({ path }) => path));
      const reports = computed.filter((word) => !['overview', 'link', 'drivers', 'portfolio'].includes(word)).map((word) => ({ name: `report-${word}`, path: `/reports/${word}` }));
      pages = [...PAGES.filter(({ name }) => !NOT_HERE.has(name)), ...reports.filter(({ path }) => !own.has(path))];
    });
    afterAll(() => looker.context.close());

    it('every page stands without a complaint, and a picture of it is kept', async () => {
      const faults: string[] = [];
      for (const { name, path } of pages) {
        looker.complaints.length = 0;
        const { page } = looker;
        await page.goto(base + path);
        await settled(page);
        await page.screenshot({ path: `${PICTURES}${name}-${look}.png`, fullPage: !path.includes('figure=') });
        const wider = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
        if (wider > 0) faults.push(`${name} scrolls sideways by ${wider}`);
        const lang = await page.locator('html').getAttribute('lang');
        if (lang !== language) faults.push(`${name} is in ${lang}`);
        faults.push(...[...(await axe(page)), ...looker.complaints].map((fault) => `${name}: ${fault}`));
      }
      expect(faults).toEqual([]);
      expect(pages.length).toBeGreaterThan(20);
    }, 900_000);
  });

  it('a figure is the same in the terminal, the API, the page, the board paper and the workbook', async () => {
    const { page } = visitor;
    const folder = mkdtempSync(join(tmpdir(), 'odla-same-'));
    const odla = (...words: string[]) => execFileSync(program ?? '', ['--home', home ?? '', '--lang', 'sv', ...words], { encoding: 'utf8', env: { ...process.env, NO_COLOR: '1' } });
    for (const key of ['profit.per_customer', 'equity.total', 'retention.12m', 'cost_to_serve.12m']) {
      const terminal = JSON.parse(odla('--json', 'show', key)) as Told;
      const api = await ask<Told>(`/figures/${key}?lang=sv`);
      expect(api.value, key).toBe(terminal.value);
      expect([api.lower, api.upper, api.text, api.n, api.method], key).toEqual([terminal.lower, terminal.upper, terminal.text, terminal.n, terminal.method]);

      await page.goto(`${base}/`);
      await settled(page);
      const tile = page.locator('.figure', { hasText: api.label }).first();
      const shown = await tile.innerText();
      expect(plain(shown), key).toContain(plain(api.text));
      if (api.interval_text) expect(plain(shown), key).toContain(plain(api.interval_text));

      const pdf = join(folder, 'page.pdf');
      writeFileSync(pdf, await bytes('/reports/management/export?format=pdf&lang=sv'));
      const paper = plain(execFileSync('pdftotext', ['-layout', pdf, '-'], { encoding: 'utf8' }));
      expect(paper, key).toContain(plain(api.label).slice(0, 12));
      expect(paper, key).toContain(plain(api.text));

      const book = join(folder, 'page.xlsx');
      writeFileSync(book, await bytes('/reports/management/export?format=xlsx&lang=sv'));
      expect(numbersOf(book), key).toContain(api.value);
      // And so do the files that the terminal writes.
      odla('export', 'management', '--format', 'xlsx', '--output', join(folder, 'terminal.xlsx'));
      expect(numbersOf(join(folder, 'terminal.xlsx')), key).toContain(api.value);
    }
  });

  it('what is exported from the screen is what the screen shows', async () => {
    const { page } = visitor;
    await page.goto(`${base}/customers?sort=-value&show=table`);
    await settled(page);
    const first = await page.locator('.customers tbody tr[aria-rowindex]').first().innerText();
    const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name: 'CSV', exact: true }).click()]);
    const lines = readFileSync(await download.path(), 'utf8').split('\n');
    expect(lines[1]).toContain(first.split('\t')[0]?.trim());
    expect(lines.length).toBeGreaterThan(100);
  });

  it('a decision is made and undone', async () => {
    const { page } = visitor;
    await page.goto(`${base}/portfolio?stance=grow`);
    await settled(page);
    await page.getByRole('checkbox', { name: /^Välj [A-ZÅÄÖ]/ }).nth(1).check();
    await page.getByRole('button', { name: 'Besluta', exact: true }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Skäl').fill('Vill köpa mer.');
    await dialog.getByLabel('Jag vet inte').check();
    await dialog.getByRole('button', { name: 'Besluta', exact: true }).click();
    await page.getByText('Odla: beslutat för 1.').waitFor();
    await page.locator('.toast').getByRole('button', { name: 'Ångra' }).click();
    await page.getByText('Beslutet är ångrat').waitFor();
  });

  it('minutes and moves of money become decisions with the figures they rested on', async () => {
    const { page } = visitor;
    const sign = async (reason: string) => {
      const dialog = page.getByRole('dialog');
      expect(await dialog.getByLabel('Vad det betyder för lojaliteten').inputValue()).toContain('Enligt analysen');
      await dialog.getByLabel('Skäl').fill(reason);
      await dialog.getByLabel('Vem gör det').fill('Åsa Öberg');
      await dialog.getByLabel('Senast').fill('2099-09-01');
      await dialog.getByRole('button', { name: 'Besluta', exact: true }).click();
      await page.getByText(/^Beslutat: /).first().waitFor();
    };
    await page.goto(`${base}/what-if`);
    await settled(page);
    await page.getByRole('button', { name: 'Halvera överallt' }).click();
    await page.locator('.whatifnet .ask').first().click();
    await page.getByRole('dialog').getByText(/^Svaret räknades nyss/).waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Gör till beslut' }).click();
    await sign('Kortare samtal.');
    await page.goto(`${base}/reallocation`);
    await settled(page);
    await page.getByLabel(/^Vad får göras med/).first().selectOption('Låst');
    await page.getByRole('slider', { name: 'Pengar i planen' }).focus();
    await page.keyboard.press('PageDown');
    await page.waitForURL(/lock=.*money=|money=.*lock=/);
    await settled(page);
    await page.getByRole('button', { name: 'Gör till beslut' }).click();
    await sign('Pengarna gör mer där.');
    await page.goto(`${base}/decisions`);
    await settled(page);
    const entry = page.locator('.diaryentry', { hasText: 'Pengarna gör mer där.' });
    await entry.getByText(/^Siffrorna som det vilade på/).click();
    await entry.getByText('Netto', { exact: true }).waitFor();
    await page.screenshot({ path: `${PICTURES}decided.png`, fullPage: true });
    expect(await axe(page)).toEqual([]);
    await entry.getByRole('button', { name: 'Ångra' }).click();
    await entry.getByText('Ångrat').waitFor();
    await page.locator('.diaryentry', { hasText: 'Kortare samtal.' }).getByText(/minuter$/).first().waitFor();
  });

  it('an activity is decided about from the diary', async () => {
    const { page } = visitor;
    await page.goto(`${base}/decisions`);
    await settled(page);
    await page.getByLabel('Aktivitet', { exact: true }).selectOption({ index: 1 });
    await page.getByRole('button', { name: 'Gör till beslut' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Pröva i ett försök').check();
    await dialog.getByLabel('Skäl').fill('Effekten är inte säker.');
    await dialog.getByLabel('Vem gör det').fill('Bo Ek');
    await dialog.getByLabel('Senast').fill('2099-09-01');
    await dialog.getByLabel('Jag vet inte').check();
    await dialog.getByRole('button', { name: 'Besluta', exact: true }).click();
    const entry = page.locator('.diaryentry', { hasText: 'Effekten är inte säker.' });
    await entry.getByText(/: pröva i ett försök$/).waitFor();
    expect(await axe(page)).toEqual([]);
  });

  it('a file goes in through the mapping', async () => {
    const { page } = visitor;
    await page.goto(`${base}/import`);
    await settled(page);
    const text = 'Kundnr;Namn;Kund sedan\nNY1;Anna Ström;2021-03-04\nNY2;Åke Öberg;31/02/2023\n';
    await page.locator('input[type=file]').setInputFiles({ name: 'kunder.csv', mimeType: 'text/csv', buffer: Buffer.from(text) });
    await page.waitForURL(/\/import\/.+/);
    await page.getByText('Anna Ström').first().waitFor();
    await settled(page);
    await page.screenshot({ path: `${PICTURES}upload.png`, fullPage: true });
    expect(await axe(page)).toEqual([]);
    await page.getByRole('button', { name: 'Läs in', exact: true }).click();
    await page.getByText('Klart. Starta en analys').waitFor({ timeout: 120_000 });
    await page.getByRole('link', { name: 'Till importerna' }).click();
    await settled(page);
    await page.screenshot({ path: `${PICTURES}imported.png`, fullPage: true });
  });
});

interface Told {
  label: string;
  value: number | null;
  lower: number | null;
  upper: number | null;
  text: string;
  interval_text: string | null;
  n: number;
  method: string;
}

function ask<T>(path: string): Promise<T> {
  return visitor.page.evaluate(async (address) => (await fetch(address)).json(), `/api/v1${path}`) as Promise<T>;
}

async function bytes(path: string): Promise<Buffer> {
  const answer = await visitor.context.request.get(`${base}/api/v1${path}`);
  expect(answer.status(), path).toBe(200);
  return answer.body();
}

/** Every kind of space is one space. */
function plain(text: string): string {
  return text.replace(/[\s\u00a0\u202f\u2009]+/g, ' ');
}

/** Every number that stands in a cell of the workbook. */
function numbersOf(book: string): number[] {
  const sheets = execFileSync('unzip', ['-p', book, 'xl/worksheets/*.xml'], { encoding: 'utf8', maxBuffer: 1 << 28 });
  return [...sheets.matchAll(/<c [^>]*?(?:t="n")?[^>]*><v>([^<]+)<\/v>/g)].map(([, text]) => Number(text));
}
