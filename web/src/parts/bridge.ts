// Which steps has a waterfall, read from a report's table?

import type { TableView } from '@/api/types';
import type { WaterfallStep } from '@/charts/Waterfall';
import { capital } from '@/lib/text';
import { moneyScale } from '@/lib/numbers';
import { rowsOf } from './cells';

const TOTALS = /\.(opening|closing|list|net|revenue|margin|profit|result|kept|total)$/;
const SOFT = /not_influenceable|untold|other/;

export function bridgeOf(table: TableView, stepColumn: string, amountColumn: string, rangeColumn: string, locale: 'sv' | 'en'): { steps: WaterfallStep[]; unit: string } {
  const rows = rowsOf(table);
  const scale = moneyScale(Math.max(...rows.map((row) => Math.abs(row.number(amountColumn) ?? 0))), 'money', locale);
  const steps = rows.map((row) => {
    const key = row.key(stepColumn) ?? '';
    const amount = row.number(amountColumn) ?? 0;
    const total = TOTALS.test(key);
    return {
      key,
      label: capital(row.text(stepColumn)),
      amount,
      total,
      text: total ? scale.say(amount) : scale.sayChange(amount),
      range: row.range(rangeColumn) ?? undefined,
      soft: SOFT.test(key),
    };
  });
  return { steps, unit: scale.word };
}
