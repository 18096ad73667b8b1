// How many cases does the first contact solve, by the minutes it takes? Nothing is drawn where nothing has been seen.

import { Axes, type Place, pathOf } from '@/charts/Axes';
import { decimal, share } from '@/lib/numbers';
import { useLocale } from '@/parts/useLocale';
import { useTranslation } from 'react-i18next';
import { type Reason, endsOf } from './minutes';

export function SolvedCurve({ reason, points, asked }: { reason: Reason; points: { minutes: number; solved: number }[]; asked: number }) {
  const { t } = useTranslation();
  const locale = useLocale();
  const { low, high } = endsOf(reason);
  const seen = points.filter(({ minutes }) => minutes >= reason.from && minutes <= reason.to).map(({ minutes, solved }): [number, number] => [minutes, solved]);
  const unseen = [
    [low, reason.from],
    [reason.to, high],
  ] as const;
  return (
    <>
      <Axes
        label={t('whatif.curve_label', { reason: reason.label })}
        xLabel={t('whatif.axis')}
        yLabel={t('whatif.solved')}
        xDomain={[low, high]}
        yDomain={[0, 1]}
        onX={(value) => decimal(value, 0, locale)}
        onY={(value) => share(value, locale, 0)}
        height={260}
      >
        {(place) => {
          const { x, top, bottom } = place;
          return (
            <>
              {unseen.map(([from, to]) => from < to && <rect key={from} className="soft" x={x(from)} y={top} width={x(to) - x(from)} height={bottom - top} />)}
              <path className="line" d={pathOf(seen, place)} />
              <Mark place={place} value={reason.today} label={t('whatif.mark_today')} kind="zero" line={0} />
              {reason.best !== null && <Mark place={place} value={reason.best} label={t('whatif.mark_best')} kind="divide" line={1} />}
              {Math.abs(asked - reason.today) > 0.2 && <Mark place={place} value={Math.min(high, Math.max(low, asked))} label={t('whatif.mark_asked')} kind="hang" line={2} />}
              <text x={x(low) + 4} y={bottom - 8}>
                {x(reason.from) - x(low) > 70 ? t('whatif.not_seen') : ''}
              </text>
            </>
          );
        }}
      </Axes>
      <p className="small mute chartnote">{t('whatif.curve_note', { loss: reason.loss || '–' })}</p>
    </>
  );
}

/** Words that would stand outside are written to the left of their line. */
function Mark({ place: { x, top, bottom, right }, value, label, kind, line }: { place: Place; value: number; label: string; kind: string; line: number }) {
  const late = x(value) > right - 60;
  return (
    <g>
      <line className={kind} x1={x(value)} x2={x(value)} y1={top} y2={bottom} />
      <text className="strong" x={x(value) + (late ? -5 : 5)} y={top + 44 + 16 * line} textAnchor={late ? 'end' : 'start'}>
        {label}
      </text>
    </g>
  );
}
