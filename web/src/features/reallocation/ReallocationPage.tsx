// Where does the next krona do most? Today beside the proposal, the moves that lead there, and what more or less money would give.

import { reallocation, report } from '@/api/queries';
import type { PageView } from '@/api/types';
import { spoken } from '@/lib/text';
import { Block } from '@/parts/Block';
import { Cautions } from '@/parts/Cautions';
import { tableOf } from '@/parts/cells';
import { FigureStrip } from '@/parts/FigureStrip';
import { Loaded } from '@/parts/Loaded';
import { PageHead } from '@/parts/PageHead';
import { ReportFoot } from '@/parts/ReportFoot';
import { useAddress } from '@/parts/search';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { Answer } from './Answer';
import { Money } from './Money';
import { Moves } from './Moves';
import { Places } from './Places';
import { Processes } from './Processes';
import { askedOf, usePlan } from './plan';
import { movesOf, placesOf, pointsOf } from './read';

export function ReallocationPage() {
  const { run } = useAddress();
  const asked = useQuery(report('allocation', run));
  return <Loaded of={asked}>{(page) => <Reallocation key={page.run} kept={page} />}</Loaded>;
}

function Reallocation({ kept }: { kept: PageView }) {
  const { t } = useTranslation();
  const plan = usePlan();
  const asked = askedOf(plan.settled);
  const answer = useQuery({ ...reallocation(asked, kept.run), enabled: plan.changed });
  // While nothing is asked for, the run's own answer stands; while something is refused, the last one that was given.
  const page = (plan.changed ? answer.data : undefined) ?? kept;
  const [sentence = t('report.nothing'), because] = kept.sentences;
  const places = placesOf(page);
  const money = page.figures.find((figure) => figure.key === 'allocation.money')?.value ?? 0;
  const frontier = tableOf(page.tables, 'allocation.frontier');
  const table = tableOf(page.tables, 'allocation.plan');
  const moves = tableOf(page.tables, 'allocation.moves');
  return (
    <>
      <PageHead name={t('nav.pages.allocation')} crumb={t('nav.pages.allocation')} sentence={spoken(sentence)} because={because && spoken(because)} />
      <div className="whatif">
        <div>
          {frontier && <Money points={pointsOf(page)} table={frontier} plan={plan} today={money} run={page.run} kept={!plan.changed} />}
          {table && <Places places={places} table={table} plan={plan} run={page.run} kept={!plan.changed} />}
          <Processes places={places} plan={plan} />
        </div>
        <Answer page={page} changed={plan.changed} waiting={answer.isFetching} error={plan.changed ? answer.error : null} clear={plan.clear} />
      </div>
      {moves && <Moves moves={movesOf(page)} table={moves} page={page} asked={asked} kept={!plan.changed} />}
      <Block title={t('portfolio.figures')}>
        <FigureStrip figures={page.figures.filter((figure) => FIGURES.has(figure.key))} />
        {plan.changed && <p className="small mute chartnote">{t('reallocation.own_figures')}</p>}
      </Block>
      <Cautions cautions={page.cautions} />
      <ReportFoot word="allocation" run={kept.run} asOf={kept.as_of} />
    </>
  );
}

/** Those that the side does not show. */
const FIGURES = new Set([
  'allocation.money',
  'allocation.judged_share',
  'allocation.saving',
  'allocation.saving_value',
  'allocation.regret',
  'allocation.regret_today',
  'allocation.money_price',
  'allocation.hour_price',
]);
