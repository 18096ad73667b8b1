// Is a table of estimates known by its columns alone?

import type { TableView } from '@/api/types';
import { describe, expect, it } from 'vitest';
import { estimateOf } from './pictures';

function table(columns: [string, string][], rows: TableView['rows']): TableView {
  return { key: 't', title: 'T', headings: columns.map(([key]) => key), columns: columns.map(([key, unit]) => ({ key, unit })), rows, numeric: columns.map(([, unit]) => unit !== 'text'), cells: rows.map((row) => row.map(String)) };
}

describe('a table of estimates', () => {
  it('has a number with its interval in at least two rows', () => {
    const columns: [string, string][] = [['x.kind', 'text'], ['x.n', 'count'], ['x.stay_effect', 'share_points'], ['x.stay_range', 'share_points']];
    const row = (value: number): TableView['rows'][number] => [{ key: 'a' }, { number: 3 }, { number: value }, { range: [value - 1, value + 1] }];
    expect(estimateOf(table(columns, [row(1), row(2)]))).toEqual({ value: 'x.stay_effect', range: 'x.stay_range', unit: 'share_points' });
    expect(estimateOf(table(columns, [row(1), [{ key: 'b' }, { number: 1 }, 'none', 'none']]))).toBeNull();
  });

  it('is not any table of numbers', () => {
    expect(estimateOf(table([['x.kind', 'text'], ['x.n', 'count']], [[{ key: 'a' }, { number: 1 }], [{ key: 'b' }, { number: 2 }]]))).toBeNull();
  });
});
