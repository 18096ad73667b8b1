// One line over an axis, such as profit added up customer by customer.

import { linear, padded, ticks } from '@/lib/scale';
import { useWidth } from './useWidth';

interface Props {
  x: number[];
  y: number[];
  /** A second line to hold the first against, such as the forecast; drawn dashed. */
  against?: { y: number[]; label: string } | undefined;
  name?: string;
  label: string;
  xLabel: string;
  yLabel: string;
  onX: (value: number) => string;
  onY: (value: number) => string;
  /** A level worth a line of its own, such as 100 %. */
  level?: number;
}

const LEFT = 58;
const BOTTOM = 40;

export function Line({ x: xs, y: ys, against, name, label, xLabel, yLabel, onX, onY, level }: Props) {
  const [box, width] = useWidth(560);
  const height = 280;
  const xDomain: [number, number] = [Math.min(0, ...xs), Math.max(...xs)];
  const yDomain = padded([0, ...ys, ...(against?.y ?? []), ...(level === undefined ? [] : [level])], 0.05);
  const x = linear(xDomain, [LEFT, width - 10]);
  const y = linear([Math.min(0, yDomain[0] < 0 && Math.min(...ys) >= 0 ? 0 : yDomain[0]), yDomain[1]], [height - BOTTOM, 24]);
  const path = (values: number[]) => values.map((value, at) => `${at ? 'L' : 'M'}${x(xs[at] ?? 0).toFixed(1)} ${y(value).toFixed(1)}`).join('');
  const end = ys.length - 1;
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
        {ticks(xDomain, width < 480 ? 4 : 6).map((tick) => (
          <text key={tick} x={x(tick)} y={height - BOTTOM + 18} textAnchor="middle">
            {onX(tick)}
          </text>
        ))}
        <text x={width - 10} y={height - 4} textAnchor="end">
          {xLabel}
        </text>
        {level !== undefined && <line className="divide" x1={LEFT} x2={width - 10} y1={y(level)} y2={y(level)} />}
        {against && <path className="line" d={path(against.y)} strokeDasharray="5 4" style={{ stroke: 'var(--mute)' }} />}
        <path className="line" d={path(ys)} />
        {name && (
          <text className="strong" x={x(xs[end] ?? 0)} y={y(ys[end] ?? 0) - 8} textAnchor="end">
            {name}
          </text>
        )}
        {against && (
          <text x={x(xs[end] ?? 0)} y={y(against.y[end] ?? 0) + 16} textAnchor="end">
            {against.label}
          </text>
        )}
      </svg>
    </div>
  );
}
