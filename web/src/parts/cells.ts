// What do a report's tables hold, by the keys of their columns?

import type { Cell, TableView } from '@/api/types';

export function tableOf(tables: TableView[], key: string): TableView | undefined {
  return tables.find((table) => table.key === key);
}

export function columnAt(table: TableView, key: string): number {
  return table.columns.findIndex((column) => column.key === key);
}

export function numberOf(cell: Cell | undefined): number | null {
  return cell && typeof cell === 'object' && 'number' in cell ? cell.number : null;
}

export function rangeOf(cell: Cell | undefined): [number, number] | null {
  if (!cell || typeof cell !== 'object' || !('range' in cell)) return null;
  const [lower, upper] = cell.range;
  return lower === undefined || upper === undefined ? null : [lower, upper];
}

/** The key or the plain text of a cell: what the code may look at, never what a reader sees. */
export function keyOf(cell: Cell | undefined): string | null {
  if (!cell || typeof cell !== 'object') return null;
  if ('key' in cell) return cell.key;
  return 'text' in cell ? cell.text : null;
}

/** One row as the code wants it, by the keys of the columns. */
export interface Row {
  number: (key: string) => number | null;
  range: (key: string) => [number, number] | null;
  key: (key: string) => string | null;
  text: (key: string) => string;
}

export function rowsOf(table: TableView): Row[] {
  return table.rows.map((cells, number) => {
    const cell = (key: string) => cells[columnAt(table, key)];
    return {
      number: (key) => numberOf(cell(key)),
      range: (key) => rangeOf(cell(key)),
      key: (key) => keyOf(cell(key)),
      text: (key) => table.cells[number]?.[columnAt(table, key)] ?? '',
    };
  });
}
