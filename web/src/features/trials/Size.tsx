// How many does the plan ask for, how many are there, and what does looking at any time cost?

import type { TrialDesignView, TrialPlanView } from '@/api/types';
import { day } from '@/lib/dates';
import { count, share } from '@/lib/numbers';
import { problemText } from '@/parts/ProblemBox';
import { useLocale } from '@/parts/useLocale';
import { useTranslation } from 'react-i18next';
import { type Outcome, costOfLooking } from './plan';

interface Props {
  asked: TrialPlanView | null;
  answer: { data?: TrialDesignView | undefined; error: unknown; isFetching: boolean };
  outcome: Outcome;
  anyTime: boolean;
}

export function Size({ asked, answer, outcome, anyTime }: Props) {
  const { t } = useTranslation();
  return (
    <aside className="trialsize" aria-label={t('trials.size')} aria-busy={answer.isFetching}>
      <h2>{t('trials.size')}</h2>
      {!asked && <p className="mute">{t('trials.size_begin')}</p>}
      {asked && Boolean(answer.error) && (
        <p className="bad" role="alert">
          {problemText(answer.error, t('problem.unknown'))}
        </p>
      )}
      {asked && !answer.error && !answer.data && <p className="mute">{t('trials.sizing')}</p>}
      {asked && !answer.error && answer.data && <Told size={answer.data} outcome={outcome} anyTime={anyTime} />}
    </aside>
  );
}

function Told({ size, outcome, anyTime }: { size: TrialDesignView; outcome: Outcome; anyTime: boolean }) {
  const { t } = useTranslation();
  const locale = useLocale();
  const n = (value: number) => count(value, locale);
  const more = costOfLooking(size.needed_once, size.needed_any_time) - 1;
  const most = Math.max(size.needed, size.eligible);
  return (
    <>
      <p aria-live="polite" className={size.enough ? 'verdict' : 'verdict bad'}>
        {t(size.enough ? 'trials.enough' : 'trials.too_few')}
      </p>
      <p className="bignumber">{t('trials.needed', { count: size.needed, n: n(size.needed) })}</p>
      <dl className="sizebars">
        <dt>{t('trials.needed_label')}</dt>
        <dd>
          <meter min={0} max={most} value={size.needed} aria-label={t('trials.needed_label')} />
          {n(size.needed)}
        </dd>
        <dt>{t('trials.eligible')}</dt>
        <dd>
          <meter min={0} max={most} value={size.eligible} aria-label={t('trials.eligible')} />
          {n(size.eligible)}
        </dd>
      </dl>
      <p>{t('trials.answer', { day: day(size.due_on, locale) })}</p>
      {!size.enough && <p>{size.detectable_text ? t('trials.detectable', { effect: size.detectable_text }) : t('trials.never')}</p>}
      {!size.enough && <p className="small mute">{t('trials.too_few_do')}</p>}
      <p className="small">
        {t('trials.today', { outcome: t(`trials.outcomes.${outcome}`), mean: size.mean_text })}
        {size.variance_removed > 0.005 && ` ${t('trials.removed', { share: share(size.variance_removed, locale, 0) })}`}
        {size.likeness_within_units != null && ` ${t('trials.likeness', { share: share(size.likeness_within_units, locale) })}`}
      </p>
      <p className="small">{t(anyTime ? 'trials.looking_costs' : 'trials.looking_would_cost', { share: share(more, locale, 0), once: n(size.needed_once), any: n(size.needed_any_time) })}</p>
      {size.obstacles.map((one) => (
        <p key={one} className="warn">
          {one}
        </p>
      ))}
    </>
  );
}
