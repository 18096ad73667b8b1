// Is the quarter chased, what do discounts take, and who was won by them?

import { report } from '@/api/queries';
import type { PageView, TableView } from '@/api/types';
import { Bars } from '@/charts/Bars';
import { exact, onAxis } from '@/lib/numbers';
import { columnAt, rowsOf, tableOf } from '@/parts/cells';
import { ChartBlock } from '@/parts/ChartBlock';
import { Loaded } from '@/parts/Loaded';
import { ReportBody } from '@/parts/ReportBody';
import { pictureOf } from '@/parts/pictures';
import { useAddress } from '@/parts/search';
import { useLocale } from '@/parts/useLocale';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';

export function DealsPage() {
  const { run } = useAddress();
  const asked = useQuery(report('deals', run));
  return <Loaded of={asked}>{(page) => <Deals page={page} />}</Loaded>;
}

const FIRST = ['deals.quarter_end_share', 'deals.quarter_end_index', 'deals.pulled_share', 'deals.created_share', 'deals.discount.12m', 'deals.discount_share', 'deals.discount_won.worth', 'deals.discount_established.worth'] as const;
const DRAWN = new Set(['deals.heartbeat', 'deals.waterfall']);

function Deals({ page }: { page: PageView }) {
  const heartbeat = tableOf(page.tables, 'deals.heartbeat');
  const waterfall = tableOf(page.tables, 'deals.waterfall');
  return (
    <ReportBody page={page} word="deals" first={FIRST} drawn={DRAWN}>
      <div className="columns even">
        {heartbeat && <Heartbeat table={heartbeat} run={page.run} />}
        {waterfall && pictureOf(waterfall, 'deals', page.run)}
      </div>
    </ReportBody>
  );
}

/** Sales per working day as the quarter nears its end, against a calendar where all days are alike. */
function Heartbeat({ table, run }: { table: TableView; run: string }) {
  const { t } = useTranslation();
  const locale = useLocale();
  const heading = (key: string) => table.headings[columnAt(table, key)] ?? '';
  const bars = rowsOf(table).flatMap((row, at) => {
    const value = row.number('deals.against_mean');
    const left = row.text('deals.working_days_left');
    return value === null ? [] : [{ key: `${at}`, label: left, value, text: `${left}: ${exact(value, 'share', locale)}, ${row.text('deals.net_per_day')}` }];
  });
  return (
    <ChartBlock title={table.title} table={table} word="deals" run={run}>
      <Bars
        bars={bars}
        label={table.title}
        xLabel={heading('deals.working_days_left')}
        yLabel={t('deals.against_even')}
        onY={(tick) => onAxis(tick, 'share', locale)}
        level={{ value: 1, label: t('deals.even') }}
      />
    </ChartBlock>
  );
}
