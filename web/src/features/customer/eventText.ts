// What is worth saying of a row of the ledger, in one line?

import type { EventView } from '@/api/types';
import { decimal, inUnit } from '@/lib/numbers';
import type { Locale } from '@/lib/numbers';
import { readable } from '@/lib/text';

/** The words of the company (channels, reasons) are its own and are not translated; unknown tables say all they hold. */
export function eventText({ table, row, text }: EventView, locale: Locale, kept: (yes: boolean) => string): string {
  const word = (key: string) => (typeof row[key] === 'string' && row[key] !== '' ? readable(row[key]) : null);
  const number = (key: string) => (row[key] === null || row[key] === undefined || row[key] === '' || !Number.isFinite(Number(row[key])) ? null : Number(row[key]));
  const money = (key: string, unit = 'money') => {
    const amount = number(key);
    return amount === null ? null : inUnit(amount, unit, locale);
  };
  const minutes = number('minutes');
  const parts: Record<string, () => (string | null)[]> = {
    orders: () => [money('net_amount'), word('product_id'), word('channel')],
    contracts: () => [money('monthly_amount'), word('product_id')],
    answers: () => [word('question'), word('text') ?? scored(number('value'), number('scale_min'), number('scale_max'), locale)],
    asked: () => [word('wave'), word('channel')],
    interactions: () => [word('reason'), word('channel'), minutes === null ? null : inUnit(minutes, 'minutes', locale)],
    incidents: () => [word('kind'), word('our_account')],
    exposures: () => [word('activity_id'), money('exposure_cost')],
    promises_kept: () => [word('promise_key'), typeof row.kept === 'boolean' ? kept(row.kept) : null],
  };
  const said = parts[table]?.().filter((part) => part !== null);
  return said?.length ? said.join(', ') : text;
}

function scored(value: number | null, least: number | null, most: number | null, locale: Locale): string | null {
  if (value === null) return null;
  const plain = (x: number) => decimal(x, Number.isInteger(x) ? 0 : 1, locale);
  return least === null || most === null ? plain(value) : `${plain(value)} (${plain(least)}–${plain(most)})`;
}
