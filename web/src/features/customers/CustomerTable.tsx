// A table of a million: only the rows in sight are drawn, and more are fetched before they are needed.

import type { CustomerColumn, CustomerRow } from '@/api/types';
import { day } from '@/lib/dates';
import { nextSort, parseSort } from '@/lib/filters';
import { count, decimal, exact, inUnit, isMoney, moneyWord } from '@/lib/numbers';
import { paths } from '@/lib/paths';
import { useAddress, useSetAddress } from '@/parts/search';
import { useLocale } from '@/parts/useLocale';
import { Link, useNavigate } from '@tanstack/react-router';
import { type ColumnDef, flexRender, getCoreRowModel, useReactTable } from '@tanstack/react-table';
import { useVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useMemo, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { DEFAULT_SORT, type useCustomers } from './useCustomersPage';

interface Props {
  columns: CustomerColumn[];
  asked: ReturnType<typeof useCustomers>;
  total: number | null;
}

const ROW = 37;
const AHEAD = 60;

export function CustomerTable({ columns, asked, total }: Props) {
  const { t } = useTranslation();
  const locale = useLocale();
  const navigate = useNavigate();
  const box = useRef<HTMLDivElement>(null);
  const rows = useMemo(() => asked.data?.pages.flatMap((page) => page.items) ?? [], [asked.data]);
  const definitions = useMemo(() => columns.map((column) => definition(column, locale)), [columns, locale]);
  const table = useReactTable({ data: rows, columns: definitions, getCoreRowModel: getCoreRowModel(), getRowId: (row) => String(row.customer_id) });
  const virtual = useVirtualizer({ count: rows.length, getScrollElement: () => box.current, estimateSize: () => ROW, overscan: 12 });
  const items = virtual.getVirtualItems();
  const last = items.at(-1)?.index ?? 0;
  const { hasNextPage, isFetchingNextPage, fetchNextPage } = asked;
  useEffect(() => {
    if (last >= rows.length - AHEAD && hasNextPage && !isFetchingNextPage) void fetchNextPage();
  }, [last, rows.length, hasNextPage, isFetchingNextPage, fetchNextPage]);
  const above = items[0]?.start ?? 0;
  const below = virtual.getTotalSize() - (items.at(-1)?.end ?? 0);
  const model = table.getRowModel().rows;

  return (
    <>
      {/* The region scrolls, so the keyboard must reach it. */}
      {/* eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
      <div ref={box} className="tablebox customers" role="group" aria-label={t('customers.table')} tabIndex={0} aria-busy={asked.isPlaceholderData}>
        <table aria-rowcount={(total ?? rows.length) + 1}>
          <thead>
            <tr>
              {table.getFlatHeaders().map((header) => (
                <Heading key={header.id} column={columns.find((column) => column.key === header.id) as CustomerColumn} />
              ))}
            </tr>
          </thead>
          <tbody>
            {above > 0 && <tr aria-hidden="true" style={{ height: above }} />}
            {items.map((item) => {
              const row = model[item.index];
              if (!row) return null;
              const id = String(row.original.customer_id);
              return (
                // The name in the row is the link; pressing elsewhere in the row goes the same way.
                <tr
                  key={row.id}
                  aria-rowindex={item.index + 2}
                  onClick={(event) => {
                    if (!(event.target as HTMLElement).closest('a') && !getSelection()?.toString()) void navigate({ to: paths.customer, params: { id } });
                  }}
                >
                  {row.getVisibleCells().map((cell, at) => {
                    const column = columns[at] as CustomerColumn;
                    const value = row.original[column.key] ?? null;
                    return (
                      <td key={cell.id} className={isNumber(column) ? 'number' : ''} title={typeof value === 'number' ? exact(value, column.unit, locale) : undefined}>
                        {at === 0 ? (
                          <Link to={paths.customer} params={{ id }} preload={false}>
                            {flexRender(cell.column.columnDef.cell, cell.getContext())}
                          </Link>
                        ) : (
                          flexRender(cell.column.columnDef.cell, cell.getContext())
                        )}
                      </td>
                    );
                  })}
                </tr>
              );
            })}
            {below > 0 && <tr aria-hidden="true" style={{ height: below }} />}
          </tbody>
        </table>
      </div>
      <p className="small mute underline" role="status">
        {isFetchingNextPage
          ? t('customers.fetching', { n: count(rows.length, locale) })
          : t('customers.fetched', { n: count(rows.length, locale), total: count(total ?? rows.length, locale) })}
      </p>
    </>
  );
}

function Heading({ column }: { column: CustomerColumn }) {
  const { t } = useTranslation();
  const { sort: said } = useAddress();
  const set = useSetAddress();
  const sort = parseSort(said ?? DEFAULT_SORT);
  const here = sort?.column === column.key;
  const label = headingOf(column, useLocale());
  return (
    <th scope="col" className={isNumber(column) ? 'number' : ''} aria-sort={here ? (sort.descending ? 'descending' : 'ascending') : undefined}>
      {column.sortable ? (
        <button type="button" className="sort" onClick={() => set({ sort: nextSort(sort, column.key) }, { replace: true })}>
          {label}
          <span aria-hidden="true">{here ? (sort.descending ? '\u00a0↓' : '\u00a0↑') : ''}</span>
          <span className="hidden">, {t('table.sort')}</span>
        </button>
      ) : (
        label
      )}
    </th>
  );
}

function definition(column: CustomerColumn, locale: 'sv' | 'en'): ColumnDef<CustomerRow> {
  return { id: column.key, accessorFn: (row) => row[column.key], cell: (cell) => cellText(column, cell.getValue() as CustomerRow[string], locale) };
}

/** In a table the heading carries the unit of money, and the cells are bare numbers under one another. */
function headingOf(column: CustomerColumn, locale: 'sv' | 'en'): string {
  return isNumber(column) && isMoney(column.unit) ? `${column.label}, ${moneyWord(column.unit, locale)}` : column.label;
}

function cellText(column: CustomerColumn, value: CustomerRow[string] | undefined, locale: 'sv' | 'en'): string {
  if (value === null || value === undefined || value === '') return '–';
  if (typeof value === 'number' && isMoney(column.unit)) return decimal(value, 0, locale);
  if (typeof value === 'number') return column.unit === 'points' && Number.isInteger(value) ? String(value) : inUnit(value, column.unit, locale);
  if (typeof value === 'boolean') return value ? '✓' : '–';
  if (column.kind === 'date') return day(value, locale);
  return column.words?.find((word) => word.value === value)?.label ?? value;
}

function isNumber(column: CustomerColumn): boolean {
  return column.kind === 'number' || (column.unit !== 'text' && column.unit !== '');
}
