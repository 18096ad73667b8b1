// What of the faults is above the water, what below it is known, and what is only reckoned?

import type { TableView } from '@/api/types';
import { rowsOf } from '@/parts/cells';

export interface Layers {
  key: string;
  label: string;
  /** Told by the customers: above the water. */
  told: number;
  /** Known from our own systems or from surveys only. */
  known: number;
  /** Reckoned beyond what is known, and its bounds. */
  hidden: number;
  least: number;
  most: number;
  /** All faults, as words. */
  all: string;
  range: string;
}

export function layersOf(table: TableView): Layers[] {
  return rowsOf(table).flatMap((row) => {
    const all = row.number('incidents.all');
    if (all === null) return [];
    const n = (key: string) => row.number(`incidents.${key}`) ?? 0;
    const told = n('both') + n('only_told');
    const known = n('only_caught') + n('only_heard');
    const [lower, upper] = row.range('incidents.all_range') ?? [all, all];
    const beyond = (total: number) => Math.max(0, total - told - known);
    return [
      {
        key: row.key('incidents.severity') ?? '',
        label: row.text('incidents.severity'),
        told,
        known,
        hidden: beyond(all),
        least: beyond(lower),
        most: beyond(upper),
        all: row.text('incidents.all'),
        range: row.text('incidents.all_range'),
      },
    ];
  });
}
