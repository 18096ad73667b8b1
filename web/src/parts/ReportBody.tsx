// A report laid out: sentence, because, figures, what the page itself draws, the rest of the sentences, and every table.

import type { PageView } from '@/api/types';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Cautions } from './Cautions';
import { FigureStrip } from './FigureStrip';
import { PageHead } from './PageHead';
import { ReportFoot } from './ReportFoot';
import { TableBlock } from './ReportTable';
import { pictureOf } from './pictures';

interface Props {
  page: PageView;
  word: string;
  /** What the page draws of its own, after the figures. */
  children?: ReactNode;
  /** Tables that it has drawn. */
  drawn?: ReadonlySet<string> | undefined;
  /** Figures that stand first; the first eight when left out. */
  first?: readonly string[] | undefined;
}

const FIRST = 8;

export function ReportBody({ page, word, children, drawn, first }: Props) {
  const { t } = useTranslation();
  const [sentence = t('report.nothing'), because, ...more] = page.sentences;
  const foremost = first ? first.flatMap((key) => page.figures.filter((figure) => figure.key === key)) : page.figures.slice(0, FIRST);
  const rest = page.figures.filter((figure) => !foremost.includes(figure));
  return (
    <>
      <PageHead name={page.title} crumb={page.title} sentence={sentence} because={because} />
      <FigureStrip figures={foremost} />
      {children}
      {more.length > 0 && (
        <section className="block rows narrow" aria-label={t('report.more')}>
          {more.map((one) => (
            <p key={one}>{one}</p>
          ))}
        </section>
      )}
      {page.tables
        .filter((table) => !drawn?.has(table.key))
        .map((table) => pictureOf(table, word, page.run) ?? <TableBlock key={table.key} table={table} word={word} run={page.run} />)}
      {rest.length > 0 && (
        <section className="block" aria-label={t('report.more_figures')}>
          <h2 className="spaced">{t('report.more_figures')}</h2>
          <FigureStrip figures={rest} />
        </section>
      )}
      <Cautions cautions={page.cautions} />
      <ReportFoot word={word} run={page.run} asOf={page.as_of} />
    </>
  );
}
