// What do the browser tests stand on? The built screen, served as the real server serves it, and one Chromium.

import AxeSource from 'axe-core';
import { readFile } from 'node:fs/promises';
import { type Server, createServer } from 'node:http';
import { extname, join } from 'node:path';
import { type Browser, type BrowserContext, type Page, chromium } from 'playwright-core';
import { answer } from '../src/mocks/node';

const DIST = new URL('../dist/', import.meta.url).pathname;
const KINDS: Record<string, string> = { '.js': 'text/javascript', '.css': 'text/css', '.html': 'text/html', '.svg': 'image/svg+xml', '.woff2': 'font/woff2', '.woff': 'font/woff' };

/** The policy of the real server: nothing inline, nothing from elsewhere. */
export const POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

export async function serve(): Promise<{ server: Server; base: string }> {
  const server = createServer(async (request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://localhost');
    if (pathname.startsWith('/api/')) return answer(request, response);
    const file = extname(pathname) ? pathname : '/index.html';
    try {
      const body = await readFile(join(DIST, file));
      response.writeHead(200, { 'content-type': KINDS[extname(file)] ?? 'application/octet-stream', 'content-security-policy': POLICY });
      response.end(body);
    } catch {
      response.writeHead(404);
      response.end();
    }
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const address = server.address();
  if (!address || typeof address === 'string') throw new Error('no port');
  return { server, base: `http://127.0.0.1:${address.port}` };
}

export function launch(): Promise<Browser> {
  return chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--headless', '--disable-gpu', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
  });
}

export interface Visitor {
  page: Page;
  context: BrowserContext;
  /** Everything the page complained about: broken policy, scripts that threw, requests that failed. */
  complaints: string[];
}

export async function visit(browser: Browser, how: { language?: 'sv' | 'en'; dark?: boolean; width?: number; height?: number } = {}): Promise<Visitor> {
  const context = await browser.newContext({
    viewport: { width: how.width ?? 1280, height: how.height ?? 900 },
    colorScheme: how.dark ? 'dark' : 'light',
    reducedMotion: 'reduce',
    locale: how.language === 'en' ? 'en-GB' : 'sv-SE',
    timezoneId: 'Europe/Stockholm',
  });
  const language = how.language ?? 'sv';
  await context.addInitScript((chosen) => localStorage.setItem('odla.language', chosen), language);
  const page = await context.newPage();
  page.setDefaultTimeout(60_000);
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(`threw: ${error.message}`));
  page.on('console', (message) => {
    if (message.type() === 'error' && !/status of 40[14]|status of 422/.test(message.text())) complaints.push(message.text());
  });
  return { page, context, complaints };
}

/** Until the sentence stands there and nothing waits. */
export async function settled(page: Page): Promise<void> {
  await page.locator('h1, .state h2').first().waitFor();
  await page.waitForFunction(() => !document.querySelector('.bones'));
  await page.waitForLoadState('networkidle');
  await page.waitForFunction(painted);
}

/** Every room for a picture of points holds a canvas with ink in it. */
function painted(): boolean {
  return [...document.querySelectorAll('.chartbox')].every((room) => {
    const canvas = room.querySelector('canvas');
    if (!canvas) return false;
    const pixels = canvas.getContext('2d')?.getImageData(0, 0, canvas.width, canvas.height).data ?? [];
    for (let at = 3; at < pixels.length; at += 4) if (pixels[at]) return true;
    return false;
  });
}

export async function axe(page: Page): Promise<string[]> {
  // Given as an expression, since the policy forbids script elements.
  await page.evaluate(AxeSource.source);
  const found = await page.evaluate(async () => {
    const run = (globalThis as unknown as { axe: { run: (context: Document, options: object) => Promise<{ violations: { id: string; nodes: { html: string; failureSummary?: string }[] }[] }> } }).axe.run;
    const { violations } = await run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] });
    return violations.map((violation) => `${violation.id}: ${violation.nodes.map((node) => `${node.html.slice(0, 160)} ${node.failureSummary ?? ''}`).slice(0, 3).join(' | ')}`);
  });
  return found;
}
