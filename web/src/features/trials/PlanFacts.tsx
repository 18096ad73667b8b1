// What was settled before the draw? The plan in words.

import type { TrialPlanView } from '@/api/types';
import { day } from '@/lib/dates';
import { count, inUnit, share } from '@/lib/numbers';
import { useLocale } from '@/parts/useLocale';
import { Fragment } from 'react';
import { useTranslation } from 'react-i18next';
import { type Outcome, differenceIn } from './plan';

export function PlanFacts({ plan, dueOn, mark }: { plan: TrialPlanView; dueOn?: string | undefined; mark?: string | undefined }) {
  const { t } = useTranslation();
  const locale = useLocale();
  const facts: [string, string][] = [
    [t('trials.activity'), plan.activity_id],
    [t('trials.measures'), t(`trials.outcomes.${plan.outcome as Outcome}`)],
    [t('trials.smallest'), differenceIn(plan.outcome, plan.smallest_effect, locale)],
    [t('trials.who'), useWho(plan)],
    [t('trials.share_treated'), plan.by_unit ? t('trials.share_by_unit', { share: share(plan.share_treated, locale, 0) }) : share(plan.share_treated, locale, 0)],
    [t('trials.drawn_on'), day(plan.drawn_on, locale)],
    [t('trials.window'), t('trials.days', { count: plan.window_days, n: count(plan.window_days, locale) })],
    ...(dueOn ? [[t('trials.answer_on'), day(dueOn, locale)] as [string, string]] : []),
    [t('trials.looks'), t(plan.looks === 'any_time' ? 'trials.looks_any_time' : 'trials.looks_once')],
    [t('trials.cost_each'), inUnit(plan.cost_per_customer, 'money', locale)],
    [t('trials.certainty'), t('trials.certainty_is', { level: share(plan.level, locale, 0), power: share(plan.power, locale, 0) })],
    ...(plan.standing ? [[t('trials.standing'), t('trials.standing_is')] as [string, string]] : []),
    ...(mark ? [[t('trials.mark'), mark] as [string, string]] : []),
  ];
  return (
    <dl className="facts lined">
      {facts.map(([name, value]) => (
        <Fragment key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </Fragment>
      ))}
    </dl>
  );
}

function useWho(plan: TrialPlanView): string {
  const { t } = useTranslation();
  const locale = useLocale();
  const { eligible } = plan;
  const parts = [
    eligible.company == null ? '' : t(eligible.company ? 'trials.only_companies' : 'trials.only_persons'),
    eligible.contract == null ? '' : t(eligible.contract ? 'trials.with_contract' : 'trials.without_contract'),
    eligible.bought_within_days == null ? '' : t('trials.bought_within', { count: eligible.bought_within_days, n: count(eligible.bought_within_days, locale) }),
    eligible.units.length ? t('trials.of_units', { units: eligible.units.join(', ') }) : '',
  ].filter(Boolean);
  return parts.length ? parts.join(', ') : t('trials.everybody');
}
