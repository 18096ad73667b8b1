// How far has a trial come, are its arms sound, and when may it be read?

import type { TrialView } from '@/api/types';
import { day } from '@/lib/dates';
import { count, decimal } from '@/lib/numbers';
import { paths } from '@/lib/paths';
import { useLocale } from '@/parts/useLocale';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';

export function Running({ trial }: { trial: TrialView }) {
  const { t } = useTranslation();
  const locale = useLocale();
  const { plan } = trial;
  return (
    <li className="trial">
      <div>
        <h3>
          <Link to={paths.trial} params={{ id: plan.trial_id }}>
            {plan.question}
          </Link>
        </h3>
        <p className="mute small">{plan.activity_id}</p>
      </div>
      <div>
        <Passed trial={trial} />
        <p className="small">{t(plan.looks === 'any_time' ? 'trials.read_any_time' : 'trials.read_once', { day: day(trial.due_on, locale) })}</p>
        <Arms trial={trial} />
      </div>
    </li>
  );
}

/** The window as a bar: what has passed, and how many days are left. */
export function Passed({ trial }: { trial: TrialView }) {
  const { t } = useTranslation();
  const locale = useLocale();
  const { window_days } = trial.plan;
  const { days_left } = trial.today;
  const left = Math.min(days_left, window_days);
  const text = left === 0 ? t('trials.window_passed') : t('trials.days_left', { count: left, n: count(left, locale) });
  return (
    <p className="passed">
      <progress max={window_days} value={window_days - left} aria-label={text} />
      <span>{text}</span>
    </p>
  );
}

/** Whether the arms are as large as they were drawn. */
export function Arms({ trial }: { trial: TrialView }) {
  const { t } = useTranslation();
  const locale = useLocale();
  const { today } = trial;
  const n = { treated: count(today.treated, locale), control: count(today.control, locale), p: decimal(today.sample_ratio_p ?? 0, 2, locale) };
  const sound = today.verdict !== 'broken' && today.sample_ratio_p != null;
  return (
    <>
      <p className={sound ? 'small' : 'small bad'}>{sound ? t('trials.arms_sound', n) : t('trials.arms_broken', n)}</p>
      {today.cautions.map((one) => (
        <p key={one} className="small warn">
          {one}
        </p>
      ))}
    </>
  );
}
