// May handling time go from 12 to 6 minutes? One slider per contact reason, answered while it is dragged.

import { report } from '@/api/queries';
import type { PageView } from '@/api/types';
import { capital, readable, spoken } from '@/lib/text';
import { Block } from '@/parts/Block';
import { Cautions } from '@/parts/Cautions';
import { rowsOf, tableOf } from '@/parts/cells';
import { Loaded } from '@/parts/Loaded';
import { PageHead } from '@/parts/PageHead';
import { ReportFoot } from '@/parts/ReportFoot';
import { TableBlock, TableLinks } from '@/parts/ReportTable';
import { useAddress } from '@/parts/search';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Net } from './Net';
import { ReasonRows } from './ReasonRows';
import { SolvedCurve } from './SolvedCurve';
import { type Reason, useMinutes } from './minutes';

export function WhatIfPage() {
  const { run } = useAddress();
  const asked = useQuery(report('service_level', run));
  return <Loaded of={asked}>{(page) => <WhatIf page={page} />}</Loaded>;
}

/** Tables that the page itself draws, or that only the reckoning needs. */
const DRAWN = new Set(['service_level.terms', 'service_level.curves', 'service_level.queue', 'service_level.reasons']);

function WhatIf({ page }: { page: PageView }) {
  const { t } = useTranslation();
  const reasons = reasonsOf(page);
  const minutes = useMinutes(reasons);
  const [looked, setLooked] = useState<string>();
  const [sentence = t('report.nothing'), because, ...more] = page.sentences;
  const shown = reasons.find((reason) => reason.key === looked) ?? reasons[0];
  const table = tableOf(page.tables, 'service_level.reasons');
  return (
    <>
      <PageHead name={t('nav.pages.service_level')} crumb={t('nav.pages.service_level')} sentence={spoken(sentence)} because={because} />
      {reasons.length > 0 && (
        <div className="whatif">
          <div>
            <Block
              title={t('whatif.minutes')}
              linksLabel={t('table.out', { title: t('whatif.minutes') })}
              links={table && <TableLinks table={table} word="service_level" run={page.run} />}
            >
              <ReasonRows reasons={reasons} minutes={minutes} looked={shown?.key} onLook={setLooked} />
            </Block>
            {shown && (
              <Block title={t('whatif.curve', { reason: shown.label })}>
                <SolvedCurve reason={shown} points={pointsOf(page, shown.key)} asked={minutes.of(shown)} />
              </Block>
            )}
          </div>
          <Net asked={minutes.settled} run={page.run} changed={minutes.changed} />
        </div>
      )}
      {more.length > 0 && (
        <section className="block rows narrow" aria-label={t('report.more')}>
          {more.map((one) => (
            <p key={one}>{one}</p>
          ))}
        </section>
      )}
      {page.tables.filter((one) => !DRAWN.has(one.key) || (one.key === 'service_level.reasons' && reasons.length === 0)).map((one) => (
        <TableBlock key={one.key} table={one} word="service_level" run={page.run} />
      ))}
      {table && reasons.length > 0 && <TableBlock table={table} word="service_level" run={page.run} />}
      <Cautions cautions={page.cautions} />
      <ReportFoot word="service_level" run={page.run} asOf={page.as_of} />
    </>
  );
}

/** What can be asked about: the reasons whose curves the run has kept, most cases first. */
function reasonsOf(page: PageView): Reason[] {
  const terms = tableOf(page.tables, 'service_level.terms');
  const told = tableOf(page.tables, 'service_level.reasons');
  if (!terms) return [];
  const best = new Map((told ? rowsOf(told) : []).map((row) => [row.key('service_level.reason'), row]));
  return rowsOf(terms)
    .flatMap((row): Reason[] => {
      const key = row.key('service_level.reason');
      const [today, from, to] = [row.number('service_level.today'), row.number('service_level.from'), row.number('service_level.to')];
      if (key === null || today === null || from === null || to === null) return [];
      const found = best.get(key);
      return [
        {
          key,
          label: capital(readable(row.text('service_level.reason') || key)),
          cases: row.number('service_level.cases') ?? 0,
          today,
          from,
          to,
          best: found?.number('service_level.best') ?? null,
          bestText: found?.text('service_level.best') ?? '',
          bestRange: found?.text('service_level.best_range') ?? '',
          loss: found?.text('service_level.loss') ?? '',
        },
      ];
    })
    .sort((a, b) => b.cases - a.cases);
}

function pointsOf(page: PageView, reason: string): { minutes: number; solved: number }[] {
  const curves = tableOf(page.tables, 'service_level.curves');
  return (curves ? rowsOf(curves) : []).flatMap((row) => {
    const [minutes, solved] = [row.number('service_level.minutes'), row.number('service_level.solved')];
    return row.key('service_level.reason') === reason && minutes !== null && solved !== null ? [{ minutes, solved }] : [];
  });
}
