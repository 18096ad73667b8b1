// Which steps has a waterfall, read from a report's table?

import type { TableView } from '@/api/types';
import type { WaterfallStep } from '@/charts/Waterfall';
import { capital } from '@/lib/text';
import { change } from '@/lib/numbers';
import { rowsOf } from './cells';

const TOTALS = /\.(opening|closing|list|net|revenue|margin|profit|total)$/;
const SOFT = /not_influenceable|untold|other/;

export function bridgeOf(table: TableView, stepColumn: string, amountColumn: string, rangeColumn: string, locale: 'sv' | 'en'): WaterfallStep[] {
  return rowsOf(table).map((row) => {
    const key = row.key(stepColumn) ?? '';
    const amount = row.number(amountColumn) ?? 0;
    const total = TOTALS.test(key);
    return {
      key,
      label: capital(row.text(stepColumn)),
      amount,
      total,
      text: total ? row.text(amountColumn) : change(amount, 'money', locale),
      range: row.range(rangeColumn) ?? undefined,
      soft: SOFT.test(key),
    };
  });
}
