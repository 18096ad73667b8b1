// Amounts by class, side by side on one axis, such as sales by working days left of the quarter.

import { linear, padded, ticks } from '@/lib/scale';
import { useWidth } from './useWidth';

export interface Bar {
  key: string;
  label: string;
  value: number;
  text: string;
}

interface Props {
  bars: Bar[];
  label: string;
  xLabel: string;
  yLabel: string;
  onY: (value: number) => string;
  /** A level worth a line of its own, such as the mean. */
  level?: { value: number; label: string };
}

const LEFT = 58;
const BOTTOM = 40;

export function Bars({ bars, label, xLabel, yLabel, onY, level }: Props) {
  const [box, width] = useWidth(560);
  const height = 280;
  const domain = padded([0, ...bars.map((bar) => bar.value), ...(level ? [level.value] : [])], 0.05);
  const y = linear([bars.every((bar) => bar.value >= 0) ? 0 : domain[0], domain[1]], [height - BOTTOM, 24]);
  const room = (width - LEFT - 10) / Math.max(1, bars.length);
  const every = Math.ceil(46 / room);
  return (
    <div ref={box}>
      <svg className="picture" viewBox={`0 0 ${width} ${height}`} height={height} role="img" aria-label={label}>
        <text x={0} y={12}>
          {yLabel}
        </text>
        {ticks(y.domain, 5).map((tick) => (
          <g key={tick}>
            <line className={tick === 0 ? 'zero' : 'axis'} x1={LEFT} x2={width - 10} y1={y(tick)} y2={y(tick)} />
            <text x={LEFT - 6} y={y(tick) + 4} textAnchor="end">
              {onY(tick)}
            </text>
          </g>
        ))}
        {bars.map((bar, at) => {
          const top = Math.min(y(bar.value), y(0));
          const x = LEFT + at * room;
          return (
            <g key={bar.key}>
              <rect className={bar.value < 0 ? 'bar down' : 'bar'} x={x + room * 0.12} width={room * 0.76} y={top} height={Math.max(1, Math.abs(y(bar.value) - y(0)))}>
                <title>{`${bar.label}: ${bar.text}`}</title>
              </rect>
              {at % every === 0 && (
                <text x={x + room / 2} y={height - BOTTOM + 18} textAnchor="middle">
                  {bar.label}
                </text>
              )}
            </g>
          );
        })}
        {level && (
          <>
            <line className="divide" x1={LEFT} x2={width - 10} y1={y(level.value)} y2={y(level.value)} />
            <text className="strong" x={LEFT + 4} y={y(level.value) - 6}>
              {level.label}
            </text>
          </>
        )}
        <text x={width - 10} y={height - 4} textAnchor="end">
          {xLabel}
        </text>
      </svg>
    </div>
  );
}
