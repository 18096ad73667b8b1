// Does the iceberg hold as much as its table?

import type { TableView } from '@/api/types';
import { describe, expect, it } from 'vitest';
import { layersOf } from './layers';

const keys = ['severity', 'both', 'only_told', 'only_caught', 'only_heard', 'all', 'all_range'].map((name) => ({ key: `incidents.${name}`, unit: name === 'severity' ? 'text' : 'count' }));

describe('the iceberg', () => {
  it('adds up to all faults, with bounds that never go below what is known', () => {
    const number = (n: number) => ({ number: n });
    const table = {
      key: 'incidents.iceberg', title: '', headings: [], numeric: [], columns: keys,
      rows: [
        [{ key: 'severity.all' }, number(1805), number(2604), number(3994), number(908), number(14_299), { range: [13_925, 14_703] }],
        [{ text: '1' }, number(5), number(5), number(5), number(5), number(10), { range: [8, 30] }],
        [{ text: '2' }, number(5), number(5), number(5), number(5), 'none', 'none'],
      ],
      cells: [['alla', '', '', '', '', '14 299', ''], ['1', '', '', '', '', '10', ''], ['2', '', '', '', '', '–', '–']],
    } as unknown as TableView;
    const [all, little, ...rest] = layersOf(table);
    expect([all?.told, all?.known, all?.hidden]).toEqual([4409, 4902, 4988]);
    expect((all?.told ?? 0) + (all?.known ?? 0) + (all?.hidden ?? 0)).toBe(14_299);
    expect([little?.hidden, little?.least, little?.most]).toEqual([0, 0, 10]);
    expect(rest).toEqual([]);
  });
});
