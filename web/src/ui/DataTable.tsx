// A table that sorts by its headings, keeps its numbers to the right and scrolls within itself.

import { type ReactNode, useMemo, useState } from 'react';

export interface TableColumn {
  key: string;
  heading: string;
  numeric: boolean;
}

export interface TableCell {
  text: string;
  /** What sorting goes by; text when there is none. */
  value?: number | null;
  /** What stands in the cell when it is more than text. */
  show?: ReactNode;
  exact?: string;
}

interface Props {
  label: string;
  columns: TableColumn[];
  rows: TableCell[][];
  /** What the sorting button says to a screen reader beside the heading. */
  sortLabel: string;
  tall?: boolean;
  sortable?: boolean;
}

export function DataTable({ label, columns, rows, sortLabel, tall, sortable = true }: Props) {
  const [sort, setSort] = useState<{ at: number; descending: boolean } | null>(null);
  const shown = useMemo(() => (sort ? sorted(rows, sort.at, sort.descending) : rows), [rows, sort]);
  return (
    // A region that scrolls must be reachable from the keyboard.
    // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex
    <div className={tall ? 'tablebox tall' : 'tablebox'} role="group" aria-label={label} tabIndex={0}>
      <table>
        <thead>
          <tr>
            {columns.map((column, at) => (
              <th key={column.key} scope="col" className={column.numeric ? 'number' : ''} aria-sort={sort?.at === at ? (sort.descending ? 'descending' : 'ascending') : undefined}>
                {sortable && rows.length > 1 ? (
                  <button type="button" className="sort" onClick={() => setSort(next(sort, at))}>
                    {column.heading}
                    <span aria-hidden="true">{sort?.at === at ? (sort.descending ? '\u00a0↓' : '\u00a0↑') : ''}</span>
                    <span className="hidden">, {sortLabel}</span>
                  </button>
                ) : (
                  column.heading
                )}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {shown.map((row, number) => (
            <tr key={number}>
              {row.map((cell, at) =>
                at === 0 && !columns[0]?.numeric ? (
                  <th key={at} scope="row" title={cell.exact}>
                    {cell.show ?? cell.text}
                  </th>
                ) : (
                  <td key={at} className={columns[at]?.numeric ? 'number' : ''} title={cell.exact}>
                    {cell.show ?? cell.text}
                  </td>
                ),
              )}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** Large first, small first, as it came. */
function next(sort: { at: number; descending: boolean } | null, at: number): { at: number; descending: boolean } | null {
  if (sort?.at !== at) return { at, descending: true };
  return sort.descending ? { at, descending: false } : null;
}

function sorted(rows: TableCell[][], at: number, descending: boolean): TableCell[][] {
  const sign = descending ? -1 : 1;
  return [...rows].sort((a, b) => sign * order(a[at], b[at]));
}

function order(a: TableCell | undefined, b: TableCell | undefined): number {
  const x = a?.value;
  const y = b?.value;
  if (typeof x === 'number' && typeof y === 'number') return x - y;
  if (typeof x === 'number' || typeof y === 'number') return typeof x === 'number' ? 1 : -1;
  return (a?.text ?? '').localeCompare(b?.text ?? '', document.documentElement.lang);
}
