// Is a million customers scrolled without a stall? Set ODLA_PROGRAM and ODLA_MILLION (a home; nobody has been let in yet).

import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Started, setUp, start } from './program';
import { type Visitor, launch, settled, visit } from './stage';

const { ODLA_PROGRAM: program, ODLA_MILLION: home } = process.env;

/** A pause that a person takes for a stall. */
const STALL = 250;

let browser: Browser;
let started: Started;
let visitor: Visitor;

describe.skipIf(!program || !home)('a million customers', () => {
  beforeAll(async () => {
    started = await start(program ?? '', home ?? '');
    browser = await launch();
    visitor = await visit(browser);
    await setUp(visitor.page, started.setup);
  });

  afterAll(async () => {
    await browser?.close();
    started?.process.kill('SIGTERM');
  });

  it('are scrolled from the first to the last without a stall', async () => {
    const { page } = visitor;
    await page.goto(`${started.url}/customers?show=table&sort=-value`);
    await settled(page);
    const region = page.locator('.tablebox.customers');
    const total = Number(await region.locator('table').getAttribute('aria-rowcount')) - 1;
    const frames = await region.evaluate(async (element) => {
      const gaps: number[] = [];
      const until = performance.now() + 8_000;
      let last = performance.now();
      while (last < until) {
        await new Promise(requestAnimationFrame);
        const now = performance.now();
        gaps.push(now - last);
        last = now;
        element.scrollTop += 600;
      }
      return gaps.slice(1).sort((a, b) => a - b);
    });
    const waits: number[] = [];
    for (const share of [0.1, 0.33, 0.5, 0.77, 0.9, 1]) {
      const jumped = Date.now();
      await region.evaluate((element, to) => element.scrollTo(0, element.scrollHeight * to), share);
      await page.waitForFunction(
        ([least, most]) => {
          const rows = [...document.querySelectorAll('.customers tbody tr[aria-rowindex]')];
          const at = Number(rows[0]?.getAttribute('aria-rowindex'));
          return at >= (least ?? 0) && at <= (most ?? 0) && rows.every((row) => !row.classList.contains('coming'));
        },
        [total * share * 0.97 - 100, total * share * 1.03 + 100],
      );
      waits.push(Date.now() - jumped);
    }
    const last = Number(await region.locator('tbody tr[aria-rowindex]').last().getAttribute('aria-rowindex'));
    const at = (share: number) => (frames[Math.floor(frames.length * share)] ?? 0).toFixed(0);
    console.log(`${total} customers: ${frames.length} frames, p50 ${at(0.5)} ms, p99 ${at(0.99)} ms, longest ${at(0.9999)} ms; a jump shows its rows after ${Math.min(...waits)} to ${Math.max(...waits)} ms`);
    expect(last).toBe(total + 1);
    expect(await region.locator('tbody tr[aria-rowindex]').count()).toBeLessThan(80);
    expect(Number(at(0.99))).toBeLessThan(STALL);
    expect(Math.max(...waits)).toBeLessThan(2_000);
  });
});
