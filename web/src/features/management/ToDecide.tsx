// What should be decided now, what is it worth, and how good is the evidence?

import { coverage } from '@/api/queries';
import type { CoverageView, PageView } from '@/api/types';
import { change, count } from '@/lib/numbers';
import { paths } from '@/lib/paths';
import { capital, readable } from '@/lib/text';
import { Block } from '@/parts/Block';
import { type Row, rowsOf, tableOf } from '@/parts/cells';
import { Grade, isGrade } from '@/parts/Grade';
import { useReportIfThere } from '@/parts/reportIfThere';
import { useLocale } from '@/parts/useLocale';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';

interface Proposal {
  key: string;
  what: string;
  worth: string;
  under: string;
  grade: string | null;
  to: string;
  search: Record<string, string>;
}

export function ToDecide({ page }: { page: PageView }) {
  const { t } = useTranslation();
  const proposals = useProposals(page);
  return (
    <Block title={t('management.decide_now')} links={<Link to={paths.portfolio}>{t('management.all_proposals')}</Link>}>
      {proposals.length === 0 && <p className="mute">{t('management.nothing_to_decide')}</p>}
      <div className="rows">
        {proposals.map((proposal) => (
          <div key={proposal.key} className="todo">
            <span className="what">{proposal.what}</span>
            <span className="worth">
              <strong>{proposal.worth}</strong>
              <span className="small mute">{proposal.under}</span>
            </span>
            <span className="gradebox">{proposal.grade && isGrade(proposal.grade) && <Grade grade={proposal.grade} />}</span>
            <Link className="button main" to={proposal.to} search={proposal.search as never} aria-label={t('management.decide_about', { what: proposal.what })}>
              {t('management.decide')}
            </Link>
          </div>
        ))}
      </div>
    </Block>
  );
}

const ORDER = ['stop', 'refine', 'grow'] as const;

function useProposals(page: PageView): Proposal[] {
  const { t } = useTranslation();
  const locale = useLocale();
  const { data: cover } = useQuery(coverage(page.run));
  const garden = tableOf(page.tables, 'portfolio.by_stance');
  const map = tableOf(page.tables, 'drivers.map');
  const { page: money } = useReportIfThere('allocation', page.run);
  const found: Proposal[] = [];
  const [net, moved] = ['allocation.net', 'allocation.moved'].map((key) => money?.figures.find((figure) => figure.key === key));
  // Money is proposed to be moved only when it surely gives more than it takes.
  if (net?.lower != null && net.lower > 0 && moved?.value) {
    found.push({
      key: 'money',
      what: t('management.move_money', { moved: moved.text }),
      worth: change(net.value ?? 0, net.unit, locale),
      under: t('management.move_under', { interval: net.interval_text ?? '' }),
      grade: net.grade ?? null,
      to: paths.reallocation,
      search: {},
    });
  }
  const beds = garden ? rowsOf(garden) : [];
  for (const stance of ORDER) {
    const bed = beds.find((row) => row.key('stance') === `stance.${stance}`);
    const left = undecided(bed, cover, stance);
    if (!bed || left === 0) continue;
    found.push({
      key: stance,
      what: t(`management.choose_${stance}`, { count: left, n: count(left, locale) }),
      worth: stance === 'grow' ? bed.text('keep_value') : bed.text('expected_cost_to_serve'),
      under: stance === 'grow' ? t('management.value_touched') : t('management.cost_touched'),
      grade: null,
      to: paths.portfolio,
      search: { stance },
    });
  }
  const weak = map ? rowsOf(map).find((row) => row.key('verdict') === 'strengthen') : undefined;
  if (weak) {
    found.push({
      key: 'driver',
      what: t('management.try_driver', { driver: capital(readable(weak.text('attribute'))).toLocaleLowerCase() }),
      worth: weak.text('importance'),
      under: t('management.of_explained'),
      grade: 'D',
      to: paths.drivers,
      search: {},
    });
  }
  return found;
}

/** Before anyone has decided, the server may not know the garden yet; then everyone in the bed is undecided. */
function undecided(bed: Row | undefined, cover: CoverageView | undefined, stance: string): number {
  const known = cover?.by_stance.find((one) => one.stance === stance);
  if (known) return Math.max(0, known.customers - known.decided);
  return bed?.number('customers') ?? 0;
}
