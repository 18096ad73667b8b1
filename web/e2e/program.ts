// How does a browser test get the real program, with somebody signed in?

import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Page } from 'playwright-core';
import { settled } from './stage';

export const PASSWORD = 'en lång mening om tomater';

export interface Started {
  process: ChildProcess;
  url: string;
  setup: string;
}

/** The program says on its first line where it listens and by which link the first administrator enters. */
export async function start(program: string, home: string): Promise<Started> {
  const process = spawn(program, ['serve', '--home', home, '--listen', '127.0.0.1:0', '--json'], { stdio: ['ignore', 'pipe', 'inherit'], env: { ...globalThis.process.env, ODLA_LOG: 'warn' } });
  for await (const line of createInterface({ input: process.stdout as NodeJS.ReadableStream })) {
    const said = JSON.parse(line) as { url?: string; setup?: string };
    if (said.url && said.setup) return { process, url: said.url, setup: said.setup };
  }
  throw new Error('the program ended before it listened');
}

export async function setUp(page: Page, link: string): Promise<void> {
  await page.goto(link);
  await page.getByLabel('Namn').fill('Maria Lind');
  await page.getByLabel('E-post').fill('maria@example.se');
  await page.getByLabel('Lösenord').fill(PASSWORD);
  await page.getByRole('button', { name: 'Skapa administratören' }).click();
  await page.waitForURL((url) => url.pathname === '/');
  await settled(page);
}
