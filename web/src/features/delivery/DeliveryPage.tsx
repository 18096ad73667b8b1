// What does a day of waiting cost, where does it matter, and what would another carrier be worth?

import { report } from '@/api/queries';
import type { PageView, TableView } from '@/api/types';
import { Whiskers } from '@/charts/Whiskers';
import { onAxis } from '@/lib/numbers';
import { capital } from '@/lib/text';
import { type Row, columnAt, rowsOf, tableOf } from '@/parts/cells';
import { ChartBlock } from '@/parts/ChartBlock';
import { Loaded } from '@/parts/Loaded';
import { ReportBody } from '@/parts/ReportBody';
import { useAddress } from '@/parts/search';
import { useLocale } from '@/parts/useLocale';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';

export function DeliveryPage() {
  const { run } = useAddress();
  const asked = useQuery(report('delivery', run));
  return <Loaded of={asked}>{(page) => <Delivery page={page} />}</Loaded>;
}

const FIRST = ['delivery.waiting.price', 'delivery.late.price', 'delivery.missed.price', 'delivery.move.net', 'delivery.days.mean', 'delivery.late.share', 'delivery.missed.complaint', 'delivery.missed.back'] as const;
const DRAWN = new Set(['delivery.steps', 'delivery.effects', 'delivery.amounts']);

function Delivery({ page }: { page: PageView }) {
  const [steps, effects, amounts] = ['delivery.steps', 'delivery.effects', 'delivery.amounts'].map((key) => tableOf(page.tables, key));
  return (
    <ReportBody page={page} word="delivery" first={FIRST} drawn={DRAWN}>
      {steps && <Steps table={steps} run={page.run} />}
      <div className="columns even">
        {effects && <Effects table={effects} run={page.run} />}
        {amounts && <Effects table={amounts} run={page.run} />}
      </div>
    </ReportBody>
  );
}

/** How many came back after so many days; days that too few orders took are named, not drawn. */
function Steps({ table, run }: { table: TableView; run: string }) {
  const { t } = useTranslation();
  const locale = useLocale();
  const days = (row: Row) => t('delivery.days', { days: row.text('delivery.days') });
  const all = rowsOf(table);
  const rows = all.flatMap((row, at) => {
    const [value, range] = [row.number('delivery.back'), row.range('delivery.back_range')];
    if (value === null || !range) return [];
    return [{ key: `${at}`, label: days(row), value, lower: range[0], upper: range[1], text: `${days(row)}: ${row.text('delivery.back')} (${row.text('delivery.back_range')})` }];
  });
  const unseen = all.filter((row) => row.key('delivery.seen') === 'delivery.not_seen_enough').map((row) => row.text('delivery.days'));
  return (
    <ChartBlock title={table.title} table={table} word="delivery" run={run}>
      {rows.length > 1 && (
        <Whiskers rows={rows} label={table.title} unit={table.headings[columnAt(table, 'delivery.back')] ?? ''} onAxis={(tick) => onAxis(tick, 'share', locale)} zero={false} />
      )}
      {unseen.length > 0 && <p className="unseen small">{t('delivery.unseen', { days: unseen.join(', ') })}</p>}
    </ChartBlock>
  );
}

function Effects({ table, run }: { table: TableView; run: string }) {
  const locale = useLocale();
  const unit = table.columns[columnAt(table, 'delivery.change')]?.unit ?? 'ratio';
  const rows = rowsOf(table).flatMap((row, at) => {
    const [value, range] = [row.number('delivery.change'), row.range('delivery.change_range')];
    if (value === null || !range) return [];
    const label = `${capital(row.text('delivery.what'))}, ${row.text('delivery.dose')}`;
    return [{ key: `${at}`, label, value, lower: range[0], upper: range[1], text: `${label}: ${row.text('delivery.change')} (${row.text('delivery.change_range')})` }];
  });
  return (
    <ChartBlock title={table.title} table={table} word="delivery" run={run}>
      {rows.length > 0 && <Whiskers rows={rows} label={table.title} unit={table.headings[columnAt(table, 'delivery.change')] ?? ''} onAxis={(tick) => onAxis(tick, unit, locale)} stacked />}
    </ChartBlock>
  );
}
