// One figure with its interval as a band, and whatever else stands under it.

import { bandOf } from '@/lib/band';
import type { ReactNode } from 'react';

interface Props {
  label: string;
  text: string;
  /** The whole value, on hover. */
  exact?: string | undefined;
  told: boolean;
  interval?: { value: number; lower: number; upper: number; text: string; label: string } | null;
  under?: ReactNode;
  /** What the figure means, in a few plain words. */
  note?: ReactNode;
  moved?: ReactNode;
  grade?: ReactNode;
  ask?: ReactNode;
}

export function FigureTile({ label, text, exact, told, interval, under, note, moved, grade, ask }: Props) {
  return (
    <div className="figure">
      <div className="name">
        <span>{label}</span>
        {ask}
      </div>
      <div className={told ? 'value' : 'value untold'} title={exact}>
        {text}
        {grade}
      </div>
      {interval && <Band value={interval.value} lower={interval.lower} upper={interval.upper} label={interval.label} />}
      {interval && <div className="under">{interval.text}</div>}
      {under && <div className="under">{under}</div>}
      {note && <div className="under">{note}</div>}
      {moved && <div className="moved">{moved}</div>}
    </div>
  );
}

export function Band({ value, lower, upper, label }: { value: number; lower: number; upper: number; label: string }) {
  const band = bandOf(value, lower, upper);
  const x = (at: number) => 4 + at * 120;
  return (
    <svg className="band" viewBox="0 0 128 12" role="img" aria-label={label}>
      <line className="track" x1={4} x2={124} y1={6} y2={6} />
      {band.zero !== null && <line className="zero" x1={x(band.zero)} x2={x(band.zero)} y1={1} y2={11} />}
      <line className="range" x1={x(band.from)} x2={x(band.to)} y1={6} y2={6} strokeLinecap="round" />
      <circle className="at" cx={x(band.at)} cy={6} r={3.2} />
    </svg>
  );
}
