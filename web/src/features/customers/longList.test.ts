// Does the window over a long list show every row once, at its place, however long the list is?

import { describe, expect, it } from 'vitest';
import { windowAt } from './useLongList';

const ROW = 37;
const HEIGHT = 700;

describe('the window over a long list', () => {
  it('draws a short list as it is', () => {
    const seen = windowAt(3700, HEIGHT, 1000, ROW);
    expect(seen.from).toBe(92);
    expect(seen.above).toBe(92 * ROW);
    expect(seen.above + (seen.to - seen.from) * ROW + seen.below).toBe(1000 * ROW);
  });

  it('reaches the first and the last of a million, and never more than a browser can draw', () => {
    const total = 1_000_000;
    const first = windowAt(0, HEIGHT, total, ROW);
    expect([first.from, first.above]).toEqual([0, 0]);
    const high = first.above + (first.to - first.from) * ROW + first.below;
    expect(high).toBeLessThanOrEqual(15_000_000);
    const last = windowAt(high - HEIGHT, HEIGHT, total, ROW);
    expect(last.to).toBe(total);
    expect(last.above + (last.to - last.from) * ROW).toBeCloseTo(high, 0);
    // Scrolled on by less than what is in sight, no row is jumped over.
    let before = first;
    for (let top = 0; top < 40_000; top += 100) {
      const now = windowAt(top, HEIGHT, total, ROW);
      expect(now.from).toBeLessThanOrEqual(before.to);
      before = now;
    }
  });

  it('is empty for nobody and whole for few', () => {
    expect(windowAt(0, HEIGHT, 0, ROW)).toEqual({ from: 0, to: 0, above: 0, below: 0 });
    expect(windowAt(500, HEIGHT, 3, ROW)).toEqual({ from: 0, to: 3, above: 0, below: 0 });
  });
});
