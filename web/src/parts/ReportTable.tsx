// A report's table, with the exact value on hover, copying and files.

import type { TableView } from '@/api/types';
import { day } from '@/lib/dates';
import { type Locale, exact } from '@/lib/numbers';
import { exportOfReport, paths } from '@/lib/paths';
import { capital, csv, readable, tabSeparated } from '@/lib/text';
import { type TableCell, DataTable } from '@/ui/DataTable';
import { useSay } from '@/ui/toasts';
import { Link } from '@tanstack/react-router';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { Block } from './Block';
import { keyOf, numberOf, rangeOf } from './cells';
import { Grade, isGrade } from './Grade';
import { useLocale } from './useLocale';

export function ReportTable({ table }: { table: TableView }) {
  const { t } = useTranslation();
  const locale = useLocale();
  const columns = useMemo(
    () => table.columns.map((column, at) => ({ key: column.key, heading: table.headings[at] ?? column.key, numeric: table.numeric[at] ?? false })),
    [table],
  );
  const rows = useMemo(() => table.rows.map((_, number) => cellsOf(table, number, locale)), [table, locale]);
  return <DataTable label={table.title} columns={columns} rows={rows} sortLabel={t('table.sort')} tall={rows.length > 16} />;
}

/** The table with its heading and its ways out of the screen. */
export function TableBlock({ table, word, run }: { table: TableView; word: string; run: string }) {
  const { t } = useTranslation();
  return (
    <Block title={table.title} linksLabel={t('table.out', { title: table.title })} links={<TableLinks table={table} word={word} run={run} />}>
      <ReportTable table={table} />
    </Block>
  );
}

/** The run's tables are files of the server's; an answer made just now is written here. */
export function TableLinks({ table, word, run, live }: { table: TableView; word: string; run: string; live?: boolean }) {
  const { t } = useTranslation();
  const say = useSay();
  if (live)
    return (
      <>
        <button type="button" onClick={() => copied()}>
          {t('act.copy')}
        </button>
        <button type="button" onClick={() => save(`${table.key}.csv`, csv(table.headings, table.cells))}>
          CSV
        </button>
      </>
    );
  return (
    <>
      <button type="button" onClick={() => copied()}>
        {t('act.copy')}
      </button>
      <a href={exportOfReport(word, 'xlsx', { table: table.key, run })} download>
        Excel
      </a>
      <a href={exportOfReport(word, 'csv', { table: table.key, run })} download>
        CSV
      </a>
    </>
  );

  function copied() {
    const text = tabSeparated(table.headings, table.cells);
    void navigator.clipboard.writeText(text).then(() => say(t('table.copied')), () => say(t('table.copy_failed')));
  }
}

/** A file that the browser keeps. */
function save(name: string, text: string) {
  const address = URL.createObjectURL(new Blob([`\ufeff${text}`], { type: 'text/csv' }));
  const link = Object.assign(document.createElement('a'), { href: address, download: name });
  link.click();
  URL.revokeObjectURL(address);
}

function cellsOf(table: TableView, number: number, locale: 'sv' | 'en'): TableCell[] {
  return table.columns.map((column, at) => {
    const cell = table.rows[number]?.[at];
    const text = table.cells[number]?.[at] ?? '';
    const value = numberOf(cell) ?? rangeOf(cell)?.[0] ?? null;
    const said = shown(column.key, cell, text, locale);
    return { text, value, ...(said === undefined ? {} : { show: said }), ...(value != null && numberOf(cell) !== null ? { exact: exact(value, column.unit, locale) } : {}) };
  });
}

function shown(column: string, cell: TableView['rows'][number][number] | undefined, text: string, locale: Locale) {
  if (/^\d{4}-\d{2}-\d{2}$/.test(text)) return <span className="date">{day(text, locale)}</span>;
  if (column === 'grade' && isGrade(text)) return <Grade grade={text} />;
  if (column === 'customer' || column === 'customer_id')
    return (
      <Link to={paths.customer} params={{ id: text }}>
        {text}
      </Link>
    );
  if (cell && typeof cell === 'object' && 'text' in cell && /^[a-z]+(_[a-z0-9]+)+$/.test(text)) return capital(readable(text));
  if (keyOf(cell) !== null || (cell && typeof cell === 'object' && 'said' in cell)) return capital(text);
  return undefined;
}
