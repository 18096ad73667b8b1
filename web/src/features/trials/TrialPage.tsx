// What does one trial say, what was settled before it, and who is in which arm?

import { trials } from '@/api/queries';
import type { TrialView } from '@/api/types';
import { Whiskers } from '@/charts/Whiskers';
import { onAxis } from '@/lib/numbers';
import { day } from '@/lib/dates';
import { paths } from '@/lib/paths';
import { capital } from '@/lib/text';
import { Block } from '@/parts/Block';
import { Loaded } from '@/parts/Loaded';
import { PageHead } from '@/parts/PageHead';
import { useMay } from '@/parts/permissions';
import { useLocale } from '@/parts/useLocale';
import { StateBox } from '@/ui/StateBox';
import { useQuery } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { PlanFacts } from './PlanFacts';
import { Arms, Passed } from './Running';

export function TrialPage() {
  const { t } = useTranslation();
  const { id = '' } = useParams({ strict: false });
  const asked = useQuery(trials());
  return (
    <Loaded of={asked}>
      {(found) => {
        const trial = found.items.find((one) => one.plan.trial_id === id);
        return trial ? (
          <Trial trial={trial} />
        ) : (
          <StateBox
            whole
            title={t('trials.unknown')}
            actions={
              <Link className="button main" to={paths.trials}>
                {t('trials.to_all')}
              </Link>
            }
          />
        );
      }}
    </Loaded>
  );
}

function Trial({ trial }: { trial: TrialView }) {
  const { t } = useTranslation();
  const locale = useLocale();
  const may = useMay();
  const { plan, today } = trial;
  return (
    <>
      <PageHead
        name={plan.question}
        crumb={
          <>
            <Link to={paths.trials}>{t('nav.pages.trials')}</Link> · {plan.trial_id}
          </>
        }
        sentence={today.sentence}
        because={t('trials.as_of', { verdict: capital(today.verdict_text), day: day(today.as_of, locale) })}
        actions={
          may('export') &&
          may('see_customers') && (
            <a className="button plain" href={`/api/v1/trials/${encodeURIComponent(plan.trial_id)}/arms`} download>
              {t('trials.fetch_arms')}
            </a>
          )
        }
      />
      <div className="columns">
        <div>
          <Block title={t('trials.reading')}>
            {today.effect ? <Effect trial={trial} effect={today.effect} /> : <p className="narrow">{t(today.verdict === 'broken' ? 'trials.no_reading' : 'trials.not_yet', { day: day(trial.due_on, locale) })}</p>}
            <Passed trial={trial} />
            <Arms trial={trial} />
            {plan.looks === 'any_time' && today.verdict === 'running' && <p className="small mute">{t('trials.any_time_note')}</p>}
          </Block>
          <Block title={t('trials.to_do')}>
            <p className="narrow">{t(`trials.do.${today.verdict as 'works'}`)}</p>
          </Block>
        </div>
        <Block title={t('trials.plan')}>
          <p className="mute small">{t('trials.frozen', { day: day(plan.drawn_on, locale) })}</p>
          <PlanFacts plan={plan} dueOn={trial.due_on} mark={trial.mark} />
        </Block>
      </div>
    </>
  );
}

function Effect({ trial, effect }: { trial: TrialView; effect: NonNullable<TrialView['today']['effect']> }) {
  const { t } = useTranslation();
  const locale = useLocale();
  const row = { key: 'effect', label: t('trials.effect'), value: effect.value, lower: effect.lower, upper: effect.upper, text: `${effect.text} (${effect.interval_text})` };
  return (
    <>
      <p className="bignumber">{effect.text}</p>
      <p className="mute">{effect.interval_text}</p>
      <Whiskers rows={[row]} label={trial.plan.question} unit={t(`trials.units.${effect.unit as 'money'}`)} onAxis={(tick) => onAxis(tick, effect.unit, locale)} />
      {effect.after_cost_text && <p>{t('trials.after_cost', { amount: effect.after_cost_text })}</p>}
    </>
  );
}
