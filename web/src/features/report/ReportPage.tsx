// Any capability's report has a page the day it is computed: sentences, figures, tables.

import { report } from '@/api/queries';
import type { PageView } from '@/api/types';
import { Cautions } from '@/parts/Cautions';
import { FigureStrip } from '@/parts/FigureStrip';
import { Loaded } from '@/parts/Loaded';
import { PageHead } from '@/parts/PageHead';
import { ReportFoot } from '@/parts/ReportFoot';
import { useAddress } from '@/parts/search';
import { TableBlock } from '@/parts/ReportTable';
import { useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { pictureOf } from './pictures';

export function ReportPage() {
  const { word = '' } = useParams({ strict: false });
  const { run } = useAddress();
  const asked = useQuery(report(word, run));
  return <Loaded of={asked}>{(page) => <Report page={page} word={word} />}</Loaded>;
}

const FIRST = 8;

function Report({ page, word }: { page: PageView; word: string }) {
  const { t } = useTranslation();
  const [sentence = t('report.nothing'), because, ...more] = page.sentences;
  return (
    <>
      <PageHead name={page.title} crumb={page.title} sentence={sentence} because={because} />
      <FigureStrip figures={page.figures.slice(0, FIRST)} />
      {more.length > 0 && (
        <section className="block rows narrow" aria-label={t('report.more')}>
          {more.map((one) => (
            <p key={one}>{one}</p>
          ))}
        </section>
      )}
      {page.tables.map((table) => pictureOf(table, word, page.run) ?? <TableBlock key={table.key} table={table} word={word} run={page.run} />)}
      {page.figures.length > FIRST && (
        <section className="block" aria-label={t('report.more_figures')}>
          <h2 className="spaced">{t('report.more_figures')}</h2>
          <FigureStrip figures={page.figures.slice(FIRST)} />
        </section>
      )}
      <Cautions cautions={page.cautions} />
      <ReportFoot word={word} run={page.run} asOf={page.as_of} />
    </>
  );
}
