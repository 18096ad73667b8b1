// Which hours does it pay to be open, which could be closed, and is anybody waiting outside?

import { report } from '@/api/queries';
import type { PageView, TableView } from '@/api/types';
import { Whiskers } from '@/charts/Whiskers';
import { onAxis } from '@/lib/numbers';
import { capital } from '@/lib/text';
import { rowsOf, tableOf } from '@/parts/cells';
import { ChartBlock } from '@/parts/ChartBlock';
import { Loaded } from '@/parts/Loaded';
import { ReportBody } from '@/parts/ReportBody';
import { useAddress } from '@/parts/search';
import { useLocale } from '@/parts/useLocale';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { WeekMap } from './WeekMap';

export function OpeningHoursPage() {
  const { run } = useAddress();
  const asked = useQuery(report('opening_hours', run));
  return <Loaded of={asked}>{(page) => <OpeningHours page={page} />}</Loaded>;
}

const DRAWN = new Set(['opening_hours.blocks', 'opening_hours.week']);

function OpeningHours({ page }: { page: PageView }) {
  const [week, blocks] = ['opening_hours.week', 'opening_hours.blocks'].map((key) => tableOf(page.tables, key));
  return (
    <ReportBody page={page} word="opening_hours" drawn={DRAWN}>
      {week && <WeekMap table={week} run={page.run} />}
      {blocks && <Bounds table={blocks} run={page.run} />}
    </ReportBody>
  );
}

/** Each block from "nobody is helped" to "all come at another hour"; the dot is where all come. */
function Bounds({ table, run }: { table: TableView; run: string }) {
  const { t } = useTranslation();
  const locale = useLocale();
  const rows = rowsOf(table).flatMap((row, at) => {
    const [back, lost] = [row.number('opening_hours.net_if_back'), row.number('opening_hours.net_if_lost')];
    if (back === null || lost === null) return [];
    const label = `${capital(row.text('opening_hours.days'))} ${row.text('opening_hours.hour')}: ${row.text('opening_hours.verdict')}`;
    const text = `${label}. ${row.text('opening_hours.net_if_lost')} – ${row.text('opening_hours.net_if_back')}`;
    return [{ key: `${at}`, label, value: back, lower: Math.min(back, lost), upper: Math.max(back, lost), text, soft: row.key('opening_hours.verdict') === 'hour.cannot_tell' }];
  });
  return (
    <ChartBlock title={table.title} table={table} word="opening_hours" run={run}>
      {rows.length > 0 ? (
        <>
          <p className="small mute">{t('opening_hours.how_to_read')}</p>
          <Whiskers rows={rows} label={table.title} unit={t('opening_hours.a_year')} onAxis={(tick) => onAxis(tick, 'money', locale)} stacked />
        </>
      ) : (
        <p>{t('opening_hours.not_priced')}</p>
      )}
    </ChartBlock>
  );
}
