// The garden: with whom do we grow, whom do we serve in another way, where do we stop? People decide, and can undo.

import { coverage, report } from '@/api/queries';
import type { CoverageView, PageView, TableView } from '@/api/types';
import { type Bed, Garden } from '@/charts/Garden';
import { count, share } from '@/lib/numbers';
import { capital } from '@/lib/text';
import { Block } from '@/parts/Block';
import { Cautions } from '@/parts/Cautions';
import { rowsOf, tableOf } from '@/parts/cells';
import { ChartBlock } from '@/parts/ChartBlock';
import { STANCES } from '@/parts/CustomerDecision';
import { FigureStrip } from '@/parts/FigureStrip';
import { Loaded } from '@/parts/Loaded';
import { PageHead } from '@/parts/PageHead';
import { ReportFoot } from '@/parts/ReportFoot';
import { TableBlock } from '@/parts/ReportTable';
import { useAddress } from '@/parts/search';
import { useLocale } from '@/parts/useLocale';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { Bench } from './Bench';
import { Diary } from './Diary';

export function PortfolioPage() {
  const { run } = useAddress();
  const asked = useQuery(report('portfolio', run));
  return <Loaded of={asked}>{(page) => <Portfolio page={page} />}</Loaded>;
}

function Portfolio({ page }: { page: PageView }) {
  const { t } = useTranslation();
  const locale = useLocale();
  const garden = tableOf(page.tables, 'portfolio.by_stance');
  const [sentence = t('report.nothing'), because, ...more] = page.sentences;
  return (
    <>
      <PageHead name={t('nav.pages.portfolio')} sentence={sentence} because={because} />
      {garden && (
        <ChartBlock title={t('portfolio.garden')} table={garden} word="portfolio" run={page.run}>
          <Garden beds={bedsOf(garden)} label={t('portfolio.garden_label', { beds: bedsOf(garden).map((bed) => `${bed.label}: ${bed.customersText}`).join(', ') })} sayDot={(n) => t('portfolio.one_fruit', { n: count(n, locale) })} />
        </ChartBlock>
      )}
      <Coverage run={page.run} />
      <Bench run={page.run} />
      <Block title={t('portfolio.figures')}>
        <FigureStrip figures={page.figures.slice(0, 8)} />
      </Block>
      {more.length > 0 && (
        <section className="block rows narrow" aria-label={t('report.more')}>
          {more.map((one) => (
            <p key={one}>{one}</p>
          ))}
        </section>
      )}
      {page.tables.filter((table) => table.key !== 'portfolio.by_stance').map((table) => (
        <TableBlock key={table.key} table={table} word="portfolio" run={page.run} />
      ))}
      <Diary />
      <Cautions cautions={page.cautions} />
      <ReportFoot word="portfolio" run={page.run} asOf={page.as_of} />
    </>
  );
}

function bedsOf(table: TableView): Bed[] {
  return rowsOf(table).flatMap((row) => {
    const stance = row.key('stance')?.replace('stance.', '');
    if (stance !== 'grow' && stance !== 'refine' && stance !== 'stop') return [];
    return [{ stance, label: capital(row.text('stance')), customers: row.number('customers') ?? 0, customersText: row.text('customers'), valueText: row.text('keep_value') }];
  });
}

/** How much of the garden has a person decided about? */
function Coverage({ run }: { run: string }) {
  const { t } = useTranslation();
  const locale = useLocale();
  const { data } = useQuery(coverage(run));
  return (
    <Block title={t('portfolio.coverage')}>
      <p>{data ? sayCoverage(data) : ' '}</p>
      <dl className="meters">
        {STANCES.map((stance) => {
          const bed = data?.by_stance.find((one) => one.stance === stance);
          const label = t(`stance.${stance}`);
          return (
            <div key={stance}>
              <dt>{label}</dt>
              <dd>
                <meter min={0} max={Math.max(1, bed?.customers ?? 1)} value={bed?.decided ?? 0} aria-label={label} />
                <span className="small mute">{t('portfolio.of', { n: count(bed?.decided ?? 0, locale), total: count(bed?.customers ?? 0, locale) })}</span>
              </dd>
            </div>
          );
        })}
      </dl>
    </Block>
  );

  function sayCoverage(cover: CoverageView): string {
    if (cover.decided === 0) return t('portfolio.none_decided', { total: count(cover.customers, locale) });
    return t('portfolio.covered', {
      n: count(cover.decided, locale),
      total: count(cover.customers, locale),
      share: cover.value_decided_share == null ? '–' : share(cover.value_decided_share, locale),
    });
  }
}
