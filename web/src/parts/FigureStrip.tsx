// A page's figures in a row, each with interval, change, grade and its question mark.

import type { FigureView } from '@/api/types';
import { day } from '@/lib/dates';
import { change, exact } from '@/lib/numbers';
import { FigureTile } from '@/ui/FigureTile';
import { useTranslation } from 'react-i18next';
import { Ask } from './Ask';
import { Grade } from './Grade';
import { useLocale } from './useLocale';

interface Props {
  figures: FigureView[];
  /** The same figures of an earlier run. */
  before?: { figures: FigureView[]; as_of: string } | undefined;
}

export function FigureStrip({ figures, before }: Props) {
  const three = figures.length % 4 !== 0 && figures.length % 3 === 0;
  return (
    <div className={three ? 'strip three' : 'strip'}>
      {figures.map((figure) => (
        <Figure key={figure.key} figure={figure} before={before?.figures.find((other) => other.key === figure.key)} beforeOn={before?.as_of} />
      ))}
    </div>
  );
}

export function Figure({ figure, before, beforeOn }: { figure: FigureView; before?: FigureView | undefined; beforeOn?: string | undefined }) {
  const { t } = useTranslation();
  const locale = useLocale();
  const { value, lower, upper, unit } = figure;
  const told = value != null;
  const interval =
    told && lower != null && upper != null
      ? { value, lower, upper, text: figure.interval_text ?? '', label: t('evidence.interval_of', { label: figure.label, interval: figure.interval_text ?? '' }) }
      : null;
  const moved = told && before?.value != null && beforeOn ? value - before.value : null;
  return (
    <FigureTile
      label={figure.label}
      text={figure.text}
      exact={told ? exact(value, unit, locale) : undefined}
      told={told}
      interval={interval}
      under={told ? (interval ? null : (figure.interval_text ?? t('evidence.booked'))) : (figure.cautions[0]?.text ?? t('evidence.untold'))}
      moved={moved == null || moved === 0 ? null : <span className="mute">{t('evidence.since', { change: change(moved, unit, locale), day: day(beforeOn ?? '', locale) })}</span>}
      grade={figure.grade ? <Grade grade={figure.grade} /> : null}
      ask={<Ask figure={figure.key} label={figure.label} />}
    />
  );
}
