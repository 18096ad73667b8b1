// Does a claim's picture say what its cells say?

import { describe, expect, it } from 'vitest';
import { measuredOf, placed } from './measured';

const said = (key: string, params: Record<string, unknown>) => ({ said: { key, params } });

describe('what was measured', () => {
  it('is read from the cells, with the limit of the belief', () => {
    const size = said('claims.size_share', { value: 0.27, lower: 0.25, upper: 0.3 });
    expect(measuredOf(size, said('claims.limit_share', { limit: 0.2, side: 'side.least' }))).toEqual({ value: 0.27, lower: 0.25, upper: 0.3, limit: 0.2, least: true });
    expect(measuredOf('none', said('claims.limit_share', { limit: 0.2 }))).toBeNull();
    expect(measuredOf(said('x', { value: 1 }), said('y', { limit: 2, side: 'side.most' }))).toEqual({ value: 1, lower: null, upper: null, limit: 2, least: false });
  });

  it('stands on the line in its order, also when all is one point', () => {
    const at = placed({ value: 3, lower: 2, upper: 4, limit: 5, least: true });
    expect([at.lower, at.value, at.upper, at.limit].every((x, n, all) => n === 0 || x > (all[n - 1] ?? 0))).toBe(true);
    const one = placed({ value: 0, lower: null, upper: null, limit: 0, least: true });
    expect(one.value).toBeGreaterThan(0);
    expect(one.value).toBeLessThan(1);
  });
});
