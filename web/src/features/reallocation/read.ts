// What does a plan's answer hold, as the page wants it?

import type { Cell, PageView, TableView } from '@/api/types';
import { columnAt, rowsOf, tableOf } from '@/parts/cells';
import { capital, readable } from '@/lib/text';

export interface Place {
  /** What the server calls it. */
  id: string;
  label: string;
  process: string;
  processLabel: string;
  today: number;
  then: number;
  hours: [number, number] | null;
  minutes: [number, number] | null;
  gain: string;
  /** Can money be moved at all? */
  judged: boolean;
}

export interface Move {
  from: string | null;
  to: string | null;
  fromLabel: string;
  toLabel: string;
  released: number;
  spent: number;
  gain: string;
  range: string;
  survives: number;
  verdict: string;
  verdictText: string;
}

export interface Point {
  money: number;
  gain: number;
  lower: number;
  upper: number;
}

/** A reason's contact time is called by its id; an activity by its name. */
function idOf(cell: Cell | undefined): string | null {
  if (!cell || typeof cell !== 'object') return null;
  if ('text' in cell) return cell.text;
  if ('said' in cell) {
    const { params } = cell.said as { params?: { reason?: string } };
    return params?.reason ? `minutes.${params.reason}` : null;
  }
  return null;
}

const cellAt = (table: TableView, row: number, key: string) => table.rows[row]?.[columnAt(table, key)];

export function placesOf(page: PageView): Place[] {
  const table = tableOf(page.tables, 'allocation.plan');
  if (!table) return [];
  return rowsOf(table).flatMap((row, at): Place[] => {
    const id = idOf(cellAt(table, at, 'allocation.place'));
    const [today, then] = [row.number('allocation.today'), row.number('allocation.then')];
    if (id === null || today === null || then === null) return [];
    const pair = (a: string, b: string): [number, number] | null => {
      const [x, y] = [row.number(a), row.number(b)];
      return x === null || y === null ? null : [x, y];
    };
    return [
      {
        id,
        label: labelOf(row.text('allocation.place')),
        process: (row.key('allocation.process') ?? '').replace(/^process\./, ''),
        processLabel: capital(row.text('allocation.process')),
        today,
        then,
        hours: pair('allocation.hours_today', 'allocation.hours_then'),
        minutes: pair('allocation.minutes_today', 'allocation.minutes_then'),
        gain: row.text('allocation.value_change'),
        judged: row.number('allocation.value_change') !== null,
      },
    ];
  });
}

export function movesOf(page: PageView): Move[] {
  const table = tableOf(page.tables, 'allocation.moves');
  if (!table) return [];
  return rowsOf(table).map((row, at) => ({
    from: idOf(cellAt(table, at, 'allocation.from')),
    to: idOf(cellAt(table, at, 'allocation.to')),
    fromLabel: labelOf(row.text('allocation.from')),
    toLabel: labelOf(row.text('allocation.to')),
    released: row.number('allocation.released') ?? 0,
    spent: row.number('allocation.spent') ?? 0,
    gain: row.text('allocation.value_change'),
    range: row.text('allocation.value_range'),
    survives: row.number('allocation.survives') ?? 0,
    verdict: (row.key('allocation.verdict') ?? '').replace(/^move\./, ''),
    verdictText: row.text('allocation.verdict'),
  }));
}

export function pointsOf(page: PageView): Point[] {
  const table = tableOf(page.tables, 'allocation.frontier');
  if (!table) return [];
  return rowsOf(table).flatMap((row): Point[] => {
    const [money, gain, range] = [row.number('allocation.budget'), row.number('allocation.value_change'), row.range('allocation.value_range')];
    return money === null || gain === null ? [] : [{ money, gain, lower: range?.[0] ?? gain, upper: range?.[1] ?? gain }];
  });
}

/** "Samtalstid: fault_report" becomes "Samtalstid: fault report". */
function labelOf(text: string): string {
  return text.replace(/\b[a-z]+(?:_[a-z0-9]+)+\b/g, readable);
}

/** More is taken than is given: the rest is saved. */
export function isPartlySaved(move: { released: number; spent: number }): boolean {
  return move.spent > 0 && move.released > 1.01 * move.spent;
}
