// What do we try, what came of what we tried, and who is always left alone?

import { trials } from '@/api/queries';
import type { TrialView } from '@/api/types';
import { Whiskers } from '@/charts/Whiskers';
import { day } from '@/lib/dates';
import { count, onAxis } from '@/lib/numbers';
import { paths } from '@/lib/paths';
import { capital } from '@/lib/text';
import { Block } from '@/parts/Block';
import { Loaded } from '@/parts/Loaded';
import { PageHead } from '@/parts/PageHead';
import { useMay } from '@/parts/permissions';
import { useLocale } from '@/parts/useLocale';
import { DataTable } from '@/ui/DataTable';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { Running } from './Running';
import type { Outcome } from './plan';

export function TrialsPage() {
  const asked = useQuery(trials());
  return <Loaded of={asked}>{(found) => <Trials items={found.items} />}</Loaded>;
}

const ANSWERED = new Set(['works', 'harms', 'no_effect']);

function Trials({ items }: { items: TrialView[] }) {
  const { t } = useTranslation();
  const may = useMay();
  const running = items.filter((one) => one.today.verdict === 'running');
  const answered = items.filter((one) => ANSWERED.has(one.today.verdict));
  const standing = items.filter((one) => one.plan.standing);
  const headline = items.length === 0 ? t('trials.none') : [running.length && t('trials.n_running', { count: running.length }), t('trials.n_answered', { count: answered.length })].filter(Boolean).join(' ');
  return (
    <>
      <PageHead
        name={t('nav.pages.trials')}
        crumb={t('nav.pages.trials')}
        sentence={headline}
        because={t(items.length === 0 ? 'trials.none_because' : 'trials.because')}
        actions={
          may('analyze') && (
            <Link className="button main" to={paths.newTrial}>
              {t('trials.new')}
            </Link>
          )
        }
      />
      {running.length > 0 && (
        <Block title={t('trials.running')}>
          <ul className="rows plain">
            {running.map((one) => (
              <Running key={one.plan.trial_id} trial={one} />
            ))}
          </ul>
        </Block>
      )}
      {items.length > 0 && <Diary items={items} />}
      <Block title={t('trials.holdout')}>
        {standing.length === 0 ? (
          <>
            <p className="narrow">{t('trials.holdout_none')}</p>
            {may('analyze') && (
              <p className="links">
                <Link to={paths.newTrial} search={{ standing: 'yes' } as never}>
                  {t('trials.holdout_make')}
                </Link>
              </p>
            )}
          </>
        ) : (
          <ul className="rows plain">
            {standing.map((one) => (
              <Standing key={one.plan.trial_id} trial={one} />
            ))}
          </ul>
        )}
      </Block>
    </>
  );
}

function Standing({ trial }: { trial: TrialView }) {
  const { t } = useTranslation();
  const locale = useLocale();
  return (
    <li>
      <Link to={paths.trial} params={{ id: trial.plan.trial_id }}>
        {trial.plan.question}
      </Link>{' '}
      {t('trials.holdout_is', { count: trial.today.control, n: count(trial.today.control, locale), day: day(trial.plan.drawn_on, locale) })}
    </li>
  );
}

/** Every trial, also those that showed nothing: what is left out of a diary is what fools its readers. */
function Diary({ items }: { items: TrialView[] }) {
  const { t } = useTranslation();
  const locale = useLocale();
  return (
    <Block title={t('trials.diary')}>
      <Answers items={items} />
      <DataTable
        label={t('trials.diary')}
        sortLabel={t('table.sort')}
        tall={items.length > 16}
        columns={[
          { key: 'trial', heading: t('trials.trial'), numeric: false },
          { key: 'measures', heading: t('trials.measures'), numeric: false },
          { key: 'drawn', heading: t('trials.drawn_on'), numeric: false },
          { key: 'answer', heading: t('trials.answer_on'), numeric: false },
          { key: 'treated', heading: t('trials.treated'), numeric: true },
          { key: 'control', heading: t('trials.control'), numeric: true },
          { key: 'verdict', heading: t('trials.verdict'), numeric: false },
          { key: 'effect', heading: t('trials.effect'), numeric: true },
          { key: 'interval', heading: t('evidence.interval'), numeric: true },
        ]}
        rows={items.map(({ plan, due_on, today }) => [
          {
            text: plan.question,
            show: (
              <Link to={paths.trial} params={{ id: plan.trial_id }}>
                {plan.question}
              </Link>
            ),
          },
          { text: t(`trials.outcomes.${plan.outcome as Outcome}`) },
          { text: day(plan.drawn_on, locale), value: Date.parse(plan.drawn_on) },
          { text: day(due_on, locale), value: Date.parse(due_on) },
          { text: count(today.treated, locale), value: today.treated },
          { text: count(today.control, locale), value: today.control },
          { text: capital(today.verdict_text) },
          { text: today.effect?.text ?? '–', value: today.effect?.value ?? null },
          { text: today.effect?.interval_text ?? '–', value: today.effect?.lower ?? null },
        ])}
      />
    </Block>
  );
}

/** Those with an answer, measured in the same way, side by side. */
function Answers({ items }: { items: TrialView[] }) {
  const { t } = useTranslation();
  const locale = useLocale();
  const units = ['share_points', 'money', 'ratio'] as const;
  return units.map((unit) => {
    const told = items.flatMap(({ plan, today }) => (today.effect?.unit === unit ? [{ plan, today, effect: today.effect }] : []));
    if (told.length < 2) return null;
    const rows = told.map(({ plan, today, effect }) => ({
      key: plan.trial_id,
      // A question is too long beside a picture; the table has it.
      label: plan.trial_id,
      value: effect.value,
      lower: effect.lower,
      upper: effect.upper,
      text: `${plan.question} ${effect.text} (${effect.interval_text}), ${today.verdict_text}`,
    }));
    return <Whiskers key={unit} rows={rows} label={t('trials.diary')} unit={t(`trials.units.${unit}`)} onAxis={(tick) => onAxis(tick, unit, locale)} />;
  });
}
