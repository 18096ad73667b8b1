// Who stays because they want to, who by habit, who because they must, and how much is each worth?

import { report } from '@/api/queries';
import type { PageView, TableView } from '@/api/types';
import { capital } from '@/lib/text';
import { type Row, columnAt, rowsOf, tableOf } from '@/parts/cells';
import { ChartBlock } from '@/parts/ChartBlock';
import { Loaded } from '@/parts/Loaded';
import { ReportBody } from '@/parts/ReportBody';
import { useAddress } from '@/parts/search';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';

export function LoyaltyPage() {
  const { run } = useAddress();
  const asked = useQuery(report('loyalty', run));
  return <Loaded of={asked}>{(page) => <Loyalty page={page} />}</Loaded>;
}

const FIRST = ['loyalty.share', 'loyalty.losable_share', 'loyalty.losable_value', 'loyalty.repeat_vs_baseline'] as const;
const DRAWN = new Set(['loyalty.map']);

function Loyalty({ page }: { page: PageView }) {
  const map = tableOf(page.tables, 'loyalty.map');
  return (
    <ReportBody page={page} word="loyalty" first={FIRST} drawn={map ? DRAWN : undefined}>
      {map && <FourFields table={map} run={page.run} />}
    </ReportBody>
  );
}

/** Squares as large as the money that stands in them: up is wanting, right is coming back. */
function FourFields({ table, run }: { table: TableView; run: string }) {
  const { t } = useTranslation();
  const rows = rowsOf(table);
  const of = (field: string) => rows.find((row) => row.key('loyalty.field') === `loyalty.${field}`);
  const most = Math.max(...rows.map((row) => row.number('loyalty.field_share') ?? 0), 0.01);
  const customers = (table.headings[columnAt(table, 'loyalty.active_customers')] ?? '').toLocaleLowerCase();
  const field = (name: string) => <Field row={of(name)} most={most} customers={customers} look={name} />;
  return (
    <ChartBlock title={t('loyalty.map')} table={table} word="loyalty" run={run}>
      <div className="fourfields">
        <span className="axis up" aria-hidden="true">
          {t('loyalty.wants')}
        </span>
        <span className="axis down" aria-hidden="true">
          {t('loyalty.does_not_want')}
        </span>
        <div className="cell">{field('latent')}</div>
        <div className="cell">{field('true')}</div>
        <div className="cell">{field('none')}</div>
        <div className="cell two">
          {field('habit')}
          {field('locked')}
        </div>
        <span className="axis left" aria-hidden="true">
          {t('loyalty.does_not_come')}
        </span>
        <span className="axis right" aria-hidden="true">
          {t('loyalty.comes')}
        </span>
      </div>
      <p className="small mute">{t('loyalty.map_note')}</p>
    </ChartBlock>
  );
}

const LARGEST = 96;

function Field({ row, most, customers, look }: { row: Row | undefined; most: number; customers: string; look: string }) {
  if (!row) return null;
  const share = row.number('loyalty.field_share') ?? 0;
  const side = Math.max(6, LARGEST * Math.sqrt(Math.max(0, share) / most));
  return (
    <div className="loyaltyfield">
      <svg viewBox={`0 0 ${LARGEST} ${LARGEST}`} width={LARGEST} height={LARGEST} aria-hidden="true">
        <rect className={look} x={0} y={LARGEST - side} width={side} height={side} />
      </svg>
      <div>
        <h3>{capital(row.text('loyalty.field'))}</h3>
        <p className="amount">{row.text('loyalty.field_value')}</p>
        <p className="small mute">
          {row.text('loyalty.field_share')} ({row.text('loyalty.field_share_range')})
          <br />
          {row.text('loyalty.active_customers')} {customers}
        </p>
      </div>
    </div>
  );
}
