// How many cases does the first contact solve, by the minutes it takes? Nothing is drawn where nothing has been seen.

import { decimal, share } from '@/lib/numbers';
import { linear, ticks } from '@/lib/scale';
import { useWidth } from '@/charts/useWidth';
import { useLocale } from '@/parts/useLocale';
import { useTranslation } from 'react-i18next';
import { type Reason, endsOf } from './minutes';

const LEFT = 58;
const BOTTOM = 40;
const HEIGHT = 260;

export function SolvedCurve({ reason, points, asked }: { reason: Reason; points: { minutes: number; solved: number }[]; asked: number }) {
  const { t } = useTranslation();
  const locale = useLocale();
  const [box, width] = useWidth(620);
  const { low, high } = endsOf(reason);
  const x = linear([low, high], [LEFT, width - 12]);
  const y = linear([0, 1], [HEIGHT - BOTTOM, 20]);
  const seen = points.filter(({ minutes }) => minutes >= reason.from && minutes <= reason.to);
  const path = seen.map(({ minutes, solved }, at) => `${at ? 'L' : 'M'}${x(minutes).toFixed(1)} ${y(solved).toFixed(1)}`).join('');
  const unseen = [
    [low, reason.from],
    [reason.to, high],
  ] as const;
  const mark = (value: number, label: string, kind: string, line: number) => (
    <g>
      <line className={kind} x1={x(value)} x2={x(value)} y1={20} y2={HEIGHT - BOTTOM} />
      <text className="strong" x={x(value) + 5} y={34 + 16 * line}>
        {label}
      </text>
    </g>
  );
  return (
    <div ref={box}>
      <svg className="picture" viewBox={`0 0 ${width} ${HEIGHT}`} height={HEIGHT} role="img" aria-label={t('whatif.curve_label', { reason: reason.label })}>
        <text x={0} y={12}>
          {t('whatif.solved')}
        </text>
        {unseen.map(([from, to]) => from < to && <rect key={from} className="soft" x={x(from)} y={20} width={x(to) - x(from)} height={HEIGHT - BOTTOM - 20} />)}
        {ticks([0, 1], 5).map((tick) => (
          <g key={tick}>
            <line className={tick === 0 ? 'zero' : 'axis'} x1={LEFT} x2={width - 12} y1={y(tick)} y2={y(tick)} />
            <text x={LEFT - 6} y={y(tick) + 4} textAnchor="end">
              {share(tick, locale, 0)}
            </text>
          </g>
        ))}
        {ticks([low, high], width < 480 ? 4 : 8).map((tick) => (
          <text key={tick} x={x(tick)} y={HEIGHT - BOTTOM + 18} textAnchor="middle">
            {decimal(tick, 0, locale)}
          </text>
        ))}
        <text x={width - 12} y={HEIGHT - 4} textAnchor="end">
          {t('whatif.axis')}
        </text>
        <path className="line" d={path} />
        {mark(reason.today, t('whatif.mark_today'), 'zero', 0)}
        {reason.best !== null && mark(reason.best, t('whatif.mark_best'), 'divide', 1)}
        {Math.abs(asked - reason.today) > 0.2 && mark(Math.min(high, Math.max(low, asked)), t('whatif.mark_asked'), 'hang', 2)}
        <text x={x(low) + 4} y={HEIGHT - BOTTOM - 8}>
          {x(reason.from) - x(low) > 70 ? t('whatif.not_seen') : ''}
        </text>
      </svg>
      <p className="small mute chartnote">{t('whatif.curve_note', { loss: reason.loss || '–' })}</p>
    </div>
  );
}
