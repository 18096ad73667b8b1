// Who got it, and with whom are they compared? Customers by name, as far as the reader may see them.

import { rows as rowsQuery } from '@/api/queries';
import { day } from '@/lib/dates';
import { count } from '@/lib/numbers';
import { paths } from '@/lib/paths';
import { capital } from '@/lib/text';
import { Block } from '@/parts/Block';
import { Loaded } from '@/parts/Loaded';
import { useMay } from '@/parts/permissions';
import { type Search, useAddress } from '@/parts/search';
import { useLocale } from '@/parts/useLocale';
import { DataTable } from '@/ui/DataTable';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';

const ASKED = 500;
const SHOWN = 12;

export function Compared({ id, run }: { id: string; run: string }) {
  const { t } = useTranslation();
  const locale = useLocale();
  const may = useMay();
  const whole = useAddress().show === 'compared';
  const figure = `activity.${id}.effect_retention`;
  const asked = useQuery({ ...rowsQuery(figure, run, ASKED), enabled: may('see_customer_details') });
  if (!may('see_customer_details')) return null;
  return (
    <Block
      title={t('activities.comparison')}
      links={
        <Link to="." search={((before: Search) => ({ ...before, figure })) as never} resetScroll={false}>
          {t('activities.all_rows')}
        </Link>
      }
    >
      <p className="narrow mute">{t('activities.comparison_means')}</p>
      <Loaded of={asked} rows={1}>
        {(found) => {
          const [customer, side, on] = ['customer_id', 'side', 'exposed_on'].map((name) => found.columns.indexOf(name));
          if (customer === undefined || customer < 0) return null;
          const cell = (row: (typeof found.rows)[number], at: number | undefined) => (at === undefined || at < 0 ? null : row[at]);
          const shown = whole ? found.rows : found.rows.slice(0, SHOWN);
          return (
            <>
              <DataTable
                label={t('activities.comparison')}
                sortLabel={t('table.sort')}
                tall={whole}
                columns={[
                  { key: 'customer', heading: t('activities.customer'), numeric: false },
                  { key: 'side', heading: t('activities.side'), numeric: false },
                  { key: 'on', heading: t('activities.on'), numeric: false },
                ]}
                rows={shown.map((row) => {
                  const name = String(cell(row, customer) ?? '');
                  const where = cell(row, side) === 'compared' ? t('activities.side_compared') : t('activities.side_got');
                  return [
                    {
                      text: name,
                      show: (
                        <Link to={paths.customer} params={{ id: name }}>
                          {name}
                        </Link>
                      ),
                    },
                    { text: capital(where) },
                    { text: cell(row, on) ? day(String(cell(row, on)), locale) : '–' },
                  ];
                })}
              />
              <p className="links">
                <Link to="." search={((before: Search) => ({ ...before, show: whole ? undefined : 'compared' })) as never} resetScroll={false} replace>
                  {whole ? t('activities.fewer') : t('activities.more', { count: found.rows.length, n: count(found.rows.length, locale) })}
                </Link>
                <Link to={paths.customers}>{t('activities.to_customers')}</Link>
              </p>
            </>
          );
        }}
      </Loaded>
    </Block>
  );
}
