// Which rows of a table are about one thing? The table with those alone, and without the column that says so.

import type { TableView } from '@/api/types';
import { columnAt } from '@/parts/cells';

export function onlyOf(table: TableView, column: string, name: string): TableView {
  const at = columnAt(table, column);
  const kept = table.cells.flatMap((cells, number) => (cells[at] === name ? [number] : []));
  const without = <T>(list: T[]) => list.filter((_, number) => number !== at);
  return {
    ...table,
    columns: without(table.columns),
    headings: without(table.headings),
    numeric: without(table.numeric),
    rows: kept.map((number) => without(table.rows[number] ?? [])),
    cells: kept.map((number) => without(table.cells[number] ?? [])),
  };
}
