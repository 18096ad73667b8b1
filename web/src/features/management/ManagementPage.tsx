// Two minutes for the management team: what is true, how sure, why, and what to decide.

import { report, runs } from '@/api/queries';
import type { PageView } from '@/api/types';
import { Waterfall } from '@/charts/Waterfall';
import { day } from '@/lib/dates';
import { onAxis } from '@/lib/numbers';
import { bridgeOf } from '@/parts/bridge';
import { tableOf } from '@/parts/cells';
import { Cautions } from '@/parts/Cautions';
import { ChartBlock } from '@/parts/ChartBlock';
import { FigureStrip } from '@/parts/FigureStrip';
import { Loaded } from '@/parts/Loaded';
import { PageHead } from '@/parts/PageHead';
import { ReportFoot } from '@/parts/ReportFoot';
import { useAddress } from '@/parts/search';
import { useLocale } from '@/parts/useLocale';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { Questions } from './Questions';
import { ToDecide } from './ToDecide';

export function ManagementPage() {
  const { t } = useTranslation();
  const { run } = useAddress();
  const asked = useQuery(report('management', run));
  return (
    <Loaded of={asked} waiting={t('management.waiting')} rows={4}>
      {(page) => <Management page={page} />}
    </Loaded>
  );
}

function Management({ page }: { page: PageView }) {
  const { t } = useTranslation();
  const locale = useLocale();
  const before = useEarlier(page.run);
  const bridge = tableOf(page.tables, 'value.bridge');
  const steps = bridge ? bridgeOf(bridge, 'value.step', 'value.amount', 'value.range', locale) : null;
  const questions = tableOf(page.tables, 'overview.questions');
  const [sentence = t('management.nothing'), because, ...more] = page.sentences;
  return (
    <>
      <PageHead name={t('nav.pages.management')} sentence={sentence} because={because} />
      <FigureStrip figures={page.figures} before={before} noteOf={(key) => (isExplained(key) ? t(`management.means.${key.replace('.', '_') as Explained}`) : undefined)} />
      <div className="columns">
        <div>
          {bridge && (
            <ChartBlock title={t('management.bridge', { unit: steps?.unit ?? '' })} table={bridge} word="management" run={page.run}>
              <Waterfall
                steps={steps?.steps ?? []}
                label={t('management.bridge_label', { day: day(page.as_of, locale) })}
                sayFloor={(floor) => t('chart.floor', { floor: onAxis(floor, 'money', locale) })}
              />
            </ChartBlock>
          )}
          <ToDecide page={page} />
        </div>
        <div>
          {questions && <Questions table={questions} more={more} />}
        </div>
      </div>
      <Cautions cautions={page.cautions} />
      <ReportFoot word="management" method="overview" run={page.run} asOf={page.as_of} />
    </>
  );
}

/** Figures whose label alone does not tell a stranger what they are. */
const EXPLAINED = ['equity_total', 'retention_12m', 'right_retention_index', 'loyalty_share', 'cost_unallocated_12m', 'link_say_worth'] as const;
type Explained = (typeof EXPLAINED)[number];

function isExplained(key: string): boolean {
  return (EXPLAINED as readonly string[]).includes(key.replace('.', '_'));
}

/** The same page of the run before, so that each figure can say how it has moved. */
function useEarlier(run: string): { figures: PageView['figures']; as_of: string } | undefined {
  const { data: known } = useQuery(runs());
  const here = known?.items.find((one) => one.id === run);
  const earlier = known?.items.filter((one) => here && one.as_of < here.as_of).sort((a, b) => b.as_of.localeCompare(a.as_of))[0];
  const { data } = useQuery({ ...report('management', earlier?.id), enabled: Boolean(earlier) });
  return data;
}
