// One line over an axis, such as profit added up customer by customer.

import { padded, reaching } from '@/lib/scale';
import { Axes, pathOf } from './Axes';

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

export function Line({ x: xs, y: ys, against, name, label, xLabel, yLabel, onX, onY, level }: Props) {
  const all = padded([0, ...ys, ...(against?.y ?? []), ...(level === undefined ? [] : [level])], 0.05);
  const low = Math.min(0, all[0] < 0 && Math.min(...ys) >= 0 ? 0 : all[0]);
  const points = (values: number[]) => values.map((value, at): [number, number] => [xs[at] ?? 0, value]);
  const end = ys.length - 1;
  return (
    <Axes label={label} xLabel={xLabel} yLabel={yLabel} xDomain={reaching(xs)} yDomain={[low, all[1]]} onX={onX} onY={onY}>
      {(place) => {
        const { x, y, left, right } = place;
        return (
          <>
            {level !== undefined && <line className="divide" x1={left} x2={right} y1={y(level)} y2={y(level)} />}
            {against && <path className="line" d={pathOf(points(against.y), place)} strokeDasharray="5 4" style={{ stroke: 'var(--mute)' }} />}
            <path className="line" d={pathOf(points(ys), place)} />
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
          </>
        );
      }}
    </Axes>
  );
}
