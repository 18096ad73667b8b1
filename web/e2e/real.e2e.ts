// Does the screen stand on the real program? Set ODLA_PROGRAM and ODLA_HOME (a copy of an analyzed home; it is changed).

import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { createInterface } from 'node:readline';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PAGES } from './pages';
import { type Visitor, axe, launch, settled, visit } from './stage';

const { ODLA_PROGRAM: program, ODLA_HOME: home } = process.env;
const PICTURES = new URL('./pictures/real/', import.meta.url).pathname;
const PASSWORD = 'en lång mening om tomater';

/** Pages that the mock only plays. */
const NOT_HERE = new Set(['upload', 'compare']);

let browser: Browser;
let server: ChildProcess;
let base: string;
let visitor: Visitor;

describe.skipIf(!program || !home)('the real program', () => {
  beforeAll(async () => {
    mkdirSync(PICTURES, { recursive: true });
    const started = await start();
    base = started.url;
    browser = await launch();
    visitor = await visit(browser);
    await setUp(visitor.page, started.setup);
  });

  afterAll(async () => {
    await browser?.close();
    server?.kill('SIGTERM');
  });

  it.each(PAGES.filter(({ name }) => !NOT_HERE.has(name)))('$name stands without a complaint', async ({ name, path }) => {
    visitor.complaints.length = 0;
    const { page } = visitor;
    await page.goto(base + path);
    await settled(page);
    await page.screenshot({ path: `${PICTURES}${name}.png`, fullPage: !path.includes('figure=') });
    expect(await axe(page)).toEqual([]);
    expect(visitor.complaints).toEqual([]);
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

/** The program says on its first line where it listens and by which link the first administrator enters. */
async function start(): Promise<{ url: string; setup: string }> {
  server = spawn(program ?? '', ['serve', '--home', home ?? '', '--listen', '127.0.0.1:0', '--json'], { stdio: ['ignore', 'pipe', 'inherit'] });
  for await (const line of createInterface({ input: server.stdout as NodeJS.ReadableStream })) {
    const said = JSON.parse(line) as { url?: string; setup?: string };
    if (said.url && said.setup) return { url: said.url, setup: said.setup };
  }
  throw new Error('the program ended before it listened');
}

async function setUp(page: Page, link: string): Promise<void> {
  await page.goto(link);
  await page.getByLabel('Namn').fill('Maria Lind');
  await page.getByLabel('E-post').fill('maria@example.se');
  await page.getByLabel('Lösenord').fill(PASSWORD);
  await page.getByRole('button', { name: 'Skapa administratören' }).click();
  await page.waitForURL((url) => url.pathname === '/');
  await settled(page);
}
