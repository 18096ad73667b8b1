// A page's figures in a row, each with interval, change, grade and its question mark.

import type { FigureView } from '@/api/types';
import { day } from '@/lib/dates';
import { intervalWidth } from '@/lib/figures';
import { change, exact, isMoney } from '@/lib/numbers';
import { FigureTile } from '@/ui/FigureTile';
import { useTranslation } from 'react-i18next';
import { Ask } from './Ask';
import { Grade } from './Grade';
import { useFigureLabels } from './figureLabel';
import { useLocale } from './useLocale';

interface Props {
  figures: FigureView[];
  /** The same figures of an earlier run. */
  before?: { figures: FigureView[]; as_of: string } | undefined;
  /** The activity that the page is about: its figures need not name it. */
  about?: string;
  /** What a figure means, in a few plain words, where its label is not enough. */
  noteOf?: (key: string) => string | undefined;
}

export function FigureStrip({ figures, before, about, noteOf }: Props) {
  const labelOf = useFigureLabels(figures, about);
  const three = figures.length % 4 !== 0 && figures.length % 3 === 0;
  return (
    <div className={three ? 'strip three' : 'strip'}>
      {figures.map((figure) => (
        <Figure key={figure.key} figure={figure} label={labelOf(figure)} note={noteOf?.(figure.key)} before={before?.figures.find((other) => other.key === figure.key)} beforeOn={before?.as_of} />
      ))}
    </div>
  );
}

export function Figure({ figure, label = figure.label, note, before, beforeOn }: { figure: FigureView; label?: string; note?: string | undefined; before?: FigureView | undefined; beforeOn?: string | undefined }) {
  const { t } = useTranslation();
  const locale = useLocale();
  const { value, lower, upper, unit } = figure;
  const told = value != null;
  const width = told && lower != null && upper != null ? intervalWidth(figure) : null;
  const interval =
    told && lower != null && upper != null && width === 'told'
      ? { value, lower, upper, text: figure.interval_text ?? '', label: t('evidence.interval_of', { label, interval: figure.interval_text ?? '' }) }
      : null;
  /** Why there is no interval to show; nothing where there is nothing to say. */
  const without = (of: FigureView, ends: typeof width) => {
    if (ends) return t(ends === 'none' ? 'evidence.fixed' : 'evidence.within_rounding');
    if (of.interval_text) return of.interval_text;
    return isMoney(of.unit) ? t('evidence.booked') : of.unit === 'count' ? t('evidence.counted') : null;
  };
  const moved = told && before?.value != null && beforeOn ? value - before.value : null;
  return (
    <FigureTile
      label={label}
      text={figure.text}
      exact={told ? exact(value, unit, locale) : undefined}
      told={told}
      interval={interval}
      under={told ? (interval ? null : without(figure, width)) : (figure.cautions[0]?.text ?? t('evidence.untold'))}
      note={told ? note : undefined}
      moved={moved == null || moved === 0 ? null : <span className="mute">{t('evidence.since', { change: change(moved, unit, locale), day: day(beforeOn ?? '', locale) })}</span>}
      grade={figure.grade ? <Grade grade={figure.grade} /> : null}
      ask={<Ask figure={figure.key} label={label} />}
    />
  );
}
