// Who are our customers, and which of them are we looking at?

import { count } from '@/lib/numbers';
import { parseFilters, parseSort } from '@/lib/filters';
import { exportOfCustomers, paths } from '@/lib/paths';
import { PageHead } from '@/parts/PageHead';
import { ProblemBox } from '@/parts/ProblemBox';
import { useAddress, useSetAddress } from '@/parts/search';
import { useLocale } from '@/parts/useLocale';
import { StateBox } from '@/ui/StateBox';
import { Link } from '@tanstack/react-router';
import { Suspense, lazy } from 'react';
import { useTranslation } from 'react-i18next';
import { CustomerTable } from './CustomerTable';
import { FilterBar } from './FilterBar';
import { DEFAULT_SORT, useAsked, useBeginning, useColumns } from './useCustomersPage';

const CustomerScatter = lazy(() => import('./CustomerScatter').then((module) => ({ default: module.CustomerScatter })));

export function CustomersPage() {
  const { t } = useTranslation();
  const locale = useLocale();
  const address = useAddress();
  const set = useSetAddress();
  const { all, shown } = useColumns();
  const asked = useAsked();
  const beginning = useBeginning(asked);
  const total = beginning.data?.total ?? null;
  const filtered = parseFilters(address.where).length > 0 || Boolean(address.q);
  const sort = parseSort(address.sort ?? DEFAULT_SORT);
  const sorted = all.find((column) => column.key === sort?.column)?.label.toLocaleLowerCase();

  if (beginning.error && !beginning.data) return <ProblemBox error={beginning.error} again={() => void beginning.refetch()} />;
  if (total === 0 && !filtered) return <NoCustomers />;
  const n = total === null ? '…' : count(total, locale);
  const withChart = address.show !== 'table';
  return (
    <div className="wide">
      <PageHead
        name={t('nav.pages.customers')}
        sentence={filtered ? t('customers.sentence_filtered', { count: total ?? 0, n }) : t('customers.sentence', { count: total ?? 0, n })}
        because={sorted ? t(sort?.descending ? 'customers.sorted_down' : 'customers.sorted_up', { column: sorted }) : undefined}
      />
      <FilterBar columns={all} shown={shown} />
      <section className="block scatterblock" aria-label={t('customers.picture')}>
        <div className="blockhead">
          <h2>{t('customers.picture')}</h2>
          <nav aria-label={t('customers.out')}>
            <button type="button" aria-expanded={withChart} onClick={() => set({ show: withChart ? 'table' : undefined }, { replace: true })}>
              {withChart ? t('customers.hide_picture') : t('customers.show_picture')}
            </button>
            {(['xlsx', 'csv', 'parquet'] as const).map((format) => (
              <a key={format} download href={exportOfCustomers(format, { sort: address.sort, where: address.where, q: address.q, run: address.run, lang: locale })}>
                {format === 'xlsx' ? 'Excel' : format === 'csv' ? 'CSV' : 'Parquet'}
              </a>
            ))}
          </nav>
        </div>
        {withChart && (
          <Suspense fallback={<div className="scatterroom" />}>
            <CustomerScatter columns={all} />
          </Suspense>
        )}
      </section>
      {total === 0 ? (
        <StateBox title={t('customers.none_found')}>
          <p>{t('customers.none_found_do')}</p>
        </StateBox>
      ) : (
        <CustomerTable columns={shown} asked={asked} total={total ?? 0} busy={beginning.isPlaceholderData} />
      )}
    </div>
  );
}

function NoCustomers() {
  const { t } = useTranslation();
  return (
    <>
      <PageHead name={t('nav.pages.customers')} sentence={t('customers.empty')} because={t('customers.empty_because')} />
      <Link className="button main" to={paths.imports}>
        {t('empty.do_import')}
      </Link>
    </>
  );
}
