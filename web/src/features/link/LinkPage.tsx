// Do those who say more do more, and are they worth more? By person and by group, with the placebo beside.

import { report } from '@/api/queries';
import type { PageView, TableView } from '@/api/types';
import { type Whisker, Whiskers } from '@/charts/Whiskers';
import { onAxis } from '@/lib/numbers';
import { capital } from '@/lib/text';
import { Cautions } from '@/parts/Cautions';
import { rowsOf, tableOf } from '@/parts/cells';
import { ChartBlock } from '@/parts/ChartBlock';
import { FigureStrip } from '@/parts/FigureStrip';
import { Loaded } from '@/parts/Loaded';
import { PageHead } from '@/parts/PageHead';
import { ReportFoot } from '@/parts/ReportFoot';
import { TableBlock } from '@/parts/ReportTable';
import { useAddress } from '@/parts/search';
import { useLocale } from '@/parts/useLocale';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';

export function LinkPage() {
  const { run } = useAddress();
  const asked = useQuery(report('link', run));
  return <Loaded of={asked}>{(page) => <SaysDoes page={page} />}</Loaded>;
}

const DRAWN = new Set(['link.ways', 'link.classes']);

function SaysDoes({ page }: { page: PageView }) {
  const { t } = useTranslation();
  const locale = useLocale();
  const [sentence = t('report.nothing'), because, ...more] = page.sentences;
  const ways = tableOf(page.tables, 'link.ways');
  const classes = tableOf(page.tables, 'link.classes');
  const points = (value: number) => onAxis(value, 'share', locale);
  const money = (value: number) => onAxis(value, 'money', locale);
  return (
    <>
      <PageHead name={t('nav.pages.link')} sentence={sentence} because={because} />
      <FigureStrip figures={page.figures.slice(0, 8)} />
      {ways && (
        <ChartBlock title={t('link.ways')} table={ways} word="link" run={page.run}>
          <p className="mute chartnote">{t('link.ways_note')}</p>
          <div className="columns even">
            <figure>
              <figcaption>{t('link.stay')}</figcaption>
              <Whiskers rows={whiskers(ways, 'stay')} label={t('link.stay')} unit={t('chart.points')} onAxis={(value) => points(value).replace('%', t('chart.pp'))} />
            </figure>
            <figure>
              <figcaption>{t('link.worth')}</figcaption>
              <Whiskers rows={whiskers(ways, 'worth')} label={t('link.worth')} unit={t('chart.per_customer_year')} onAxis={money} />
            </figure>
          </div>
        </ChartBlock>
      )}
      {classes && (
        <ChartBlock title={t('link.classes')} table={classes} word="link" run={page.run}>
          <div className="columns even">
            <figure>
              <figcaption>{t('link.retention')}</figcaption>
              <Whiskers rows={whiskers(classes, 'retention')} label={t('link.retention')} unit={t('chart.share_staying')} onAxis={points} zero={false} />
            </figure>
            <figure>
              <figcaption>{t('link.class_worth')}</figcaption>
              <Whiskers rows={whiskers(classes, 'worth_per_customer', 'worth_range')} label={t('link.class_worth')} unit={t('chart.per_customer_year')} onAxis={money} zero={false} />
            </figure>
          </div>
        </ChartBlock>
      )}
      <section className="block rows narrow" aria-label={t('report.more')}>
        {more.map((one) => (
          <p key={one}>{one}</p>
        ))}
      </section>
      {page.tables.filter((table) => !DRAWN.has(table.key)).map((table) => (
        <TableBlock key={table.key} table={table} word="link" run={page.run} />
      ))}
      {page.figures.length > 8 && (
        <section className="block" aria-label={t('report.more_figures')}>
          <h2 className="spaced">{t('report.more_figures')}</h2>
          <FigureStrip figures={page.figures.slice(8)} />
        </section>
      )}
      <Cautions cautions={page.cautions} />
      <ReportFoot word="link" run={page.run} asOf={page.as_of} />
    </>
  );
}

/** Rows with an estimate and an interval; the placebo is drawn softly, since it should be nothing. */
function whiskers(table: TableView, column: string, range = `${column}_range`): Whisker[] {
  const name = table.columns[0]?.key ?? '';
  return rowsOf(table).flatMap((row) => {
    const value = row.number(column);
    const ends = row.range(range);
    if (value === null || !ends) return [];
    const key = row.key(name) ?? '';
    return [{ key, label: capital(row.text(name)), value, lower: ends[0], upper: ends[1], text: `${row.text(column)} (${row.text(range)})`, soft: /placebo|raw|unweighted/.test(key) }];
  });
}
