// When is the effect seen? It by month from the activity on, with the band that holds at all months together.

import type { PageView } from '@/api/types';
import { onAxis } from '@/lib/numbers';
import { linear, padded, ticks } from '@/lib/scale';
import { columnAt, rowsOf, tableOf } from '@/parts/cells';
import { ChartBlock } from '@/parts/ChartBlock';
import { useLocale } from '@/parts/useLocale';
import { useWidth } from '@/charts/useWidth';
import { useTranslation } from 'react-i18next';
import { onlyOf } from './only';

export function Course({ name, timing }: { name: string; timing: PageView | undefined }) {
  const { t } = useTranslation();
  const table = timing && tableOf(timing.tables, 'timing.course');
  const own = table && onlyOf(table, 'effects.activity', name);
  const points = (own ? rowsOf(own) : []).flatMap((row) => {
    const [month, stay, band] = [row.number('timing.months'), row.number('timing.stay'), row.range('timing.stay_together')];
    return month !== null && stay !== null && band ? [{ month, stay, lower: band[0], upper: band[1] }] : [];
  });
  if (!own || points.length < 2) return null;
  return (
    <ChartBlock title={t('activities.course')} table={own} word="timing" run={timing.run}>
      <Banded points={points} label={t('activities.course')} xLabel={own.headings[columnAt(own, 'timing.months')] ?? ''} yLabel={t('activities.points_staying')} />
      <p className="small mute">{t('activities.course_note')}</p>
    </ChartBlock>
  );
}

interface Point {
  month: number;
  stay: number;
  lower: number;
  upper: number;
}

const LEFT = 64;
const BOTTOM = 40;
const HEIGHT = 280;

/** Curves stop where the data stop. */
function Banded({ points, label, xLabel, yLabel }: { points: Point[]; label: string; xLabel: string; yLabel: string }) {
  const locale = useLocale();
  const [box, width] = useWidth(560);
  const months = points.map((point) => point.month);
  const xDomain: [number, number] = [Math.min(0, ...months), Math.max(...months)];
  const yDomain = padded([0, ...points.flatMap((point) => [point.lower, point.upper])], 0.05);
  const x = linear(xDomain, [LEFT, width - 12]);
  const y = linear(yDomain, [HEIGHT - BOTTOM, 20]);
  const path = (of: (point: Point) => number) => points.map((point, at) => `${at ? 'L' : 'M'}${x(point.month).toFixed(1)} ${y(of(point)).toFixed(1)}`).join('');
  const back = [...points].reverse().map((point) => `L${x(point.month).toFixed(1)} ${y(point.lower).toFixed(1)}`).join('');
  return (
    <div ref={box}>
      <svg className="picture course" viewBox={`0 0 ${width} ${HEIGHT}`} height={HEIGHT} role="img" aria-label={label}>
        {ticks(yDomain, 5).map((tick) => (
          <g key={tick}>
            <line className="grid" x1={LEFT} x2={width} y1={y(tick)} y2={y(tick)} />
            <text className="tick" x={LEFT - 8} y={y(tick) + 4} textAnchor="end">
              {onAxis(tick, 'share_points', locale)}
            </text>
          </g>
        ))}
        {ticks(xDomain, width < 500 ? 4 : 8).map((tick) => (
          <text key={tick} className="tick" x={x(tick)} y={HEIGHT - BOTTOM + 18} textAnchor="middle">
            {onAxis(tick, 'count', locale)}
          </text>
        ))}
        <path className="band" d={`${path((point) => point.upper)}${back}Z`} />
        <line className="zero" x1={LEFT} x2={width} y1={y(0)} y2={y(0)} />
        <path className="line" d={path((point) => point.stay)} />
        <text className="tick" x={width - 12} y={HEIGHT - 4} textAnchor="end">
          {xLabel}
        </text>
        <text className="tick" x={0} y={12}>
          {yLabel}
        </text>
      </svg>
    </div>
  );
}
