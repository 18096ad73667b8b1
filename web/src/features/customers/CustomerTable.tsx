// A table of a million: only the rows in sight are drawn, and only the pieces that are looked at are fetched.

import type { CustomerQuery } from '@/api/queries';
import type { CustomerColumn, CustomerRow } from '@/api/types';
import { day } from '@/lib/dates';
import { nextSort, parseSort } from '@/lib/filters';
import { count, decimal, exact, inUnit, isMoney, moneyWord } from '@/lib/numbers';
import { paths } from '@/lib/paths';
import { useAddress, useSetAddress } from '@/parts/search';
import { useLocale } from '@/parts/useLocale';
import { Link, useNavigate } from '@tanstack/react-router';
import { useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { DEFAULT_SORT, useRows } from './useCustomersPage';
import { useLongList } from './useLongList';

interface Props {
  columns: CustomerColumn[];
  asked: CustomerQuery;
  total: number;
  busy: boolean;
}

const ROW = 37;

export function CustomerTable({ columns, asked, total, busy }: Props) {
  const { t } = useTranslation();
  const locale = useLocale();
  const box = useRef<HTMLDivElement>(null);
  const { from, to, above, below } = useLongList(box, total, ROW);
  const rowAt = useRows(asked, from, to);
  // Another order or another selection is read from its beginning.
  useEffect(() => box.current?.scrollTo(0, 0), [asked]);
  const places = Array.from({ length: to - from }, (_, n) => from + n);
  return (
    <>
      {/* The region scrolls, so the keyboard must reach it. */}
      {/* eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
      <div ref={box} className="tablebox customers" role="group" aria-label={t('customers.table')} tabIndex={0} aria-busy={busy}>
        <table aria-rowcount={total + 1}>
          <thead>
            <tr>
              {columns.map((column) => (
                <Heading key={column.key} column={column} />
              ))}
            </tr>
          </thead>
          <tbody>
            {above > 0 && <tr aria-hidden="true" style={{ height: above }} />}
            {places.map((place) => (
              <Row key={place} place={place} row={rowAt(place)} columns={columns} />
            ))}
            {below > 0 && <tr aria-hidden="true" style={{ height: below }} />}
          </tbody>
        </table>
      </div>
      <p className="small mute underline" role="status">
        {t('customers.in_order', { total: count(total, locale) })}
      </p>
    </>
  );
}

function Row({ place, row, columns }: { place: number; row: CustomerRow | undefined; columns: CustomerColumn[] }) {
  const locale = useLocale();
  const navigate = useNavigate();
  if (!row) {
    return (
      <tr className="coming" aria-rowindex={place + 2}>
        <td colSpan={columns.length}>…</td>
      </tr>
    );
  }
  const id = String(row.customer_id);
  return (
    // The name in the row is the link; pressing elsewhere in the row goes the same way.
    <tr
      aria-rowindex={place + 2}
      onClick={(event) => {
        if (!(event.target as HTMLElement).closest('a') && !getSelection()?.toString()) void navigate({ to: paths.customer, params: { id } });
      }}
    >
      {columns.map((column, at) => {
        const value = row[column.key] ?? null;
        const text = cellText(column, value, locale);
        return (
          <td key={column.key} className={isNumber(column) ? 'number' : ''} title={typeof value === 'number' ? exact(value, column.unit, locale) : undefined}>
            {at === 0 ? (
              <Link to={paths.customer} params={{ id }} preload={false}>
                {text}
              </Link>
            ) : (
              text
            )}
          </td>
        );
      })}
    </tr>
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
