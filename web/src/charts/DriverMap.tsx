// What matters, and how well is it done? Importance against performance, with an ellipse of uncertainty for each.

import { linear, padded, ticks } from '@/lib/scale';
import { useWidth } from './useWidth';

export interface Driver {
  key: string;
  label: string;
  importance: number;
  importanceRange: [number, number];
  performance: number;
  performanceRange: [number, number];
  strengthen: boolean;
}

interface Props {
  drivers: Driver[];
  label: string;
  xLabel: string;
  yLabel: string;
  corner: string;
  onX: (value: number) => string;
  onY: (value: number) => string;
}

const LEFT = 52;
const BOTTOM = 40;

export function DriverMap({ drivers, label, xLabel, yLabel, corner, onX, onY }: Props) {
  const [box, width] = useWidth(640);
  const height = Math.round(Math.min(460, Math.max(340, width * 0.62)));
  const xDomain = padded(drivers.flatMap((driver) => driver.performanceRange), 0.12);
  const yTop = padded(drivers.flatMap((driver) => driver.importanceRange), 0.1)[1];
  const x = linear(xDomain, [LEFT, width - 8]);
  const y = linear([0, yTop], [height - BOTTOM, 22]);
  const middleX = mean(drivers.map((driver) => driver.performance));
  const middleY = mean(drivers.map((driver) => driver.importance));
  const places = labels(drivers, x, y, width);
  return (
    <div ref={box}>
      <svg className="picture" viewBox={`0 0 ${width} ${height}`} height={height} role="img" aria-label={label}>
        <rect className="shade" x={LEFT} y={22} width={Math.max(0, x(middleX) - LEFT)} height={Math.max(0, y(middleY) - 22)} />
        <text x={LEFT + 8} y={38}>
          {corner}
        </text>
        {ticks(xDomain, width < 480 ? 3 : 6).map((tick) => (
          <g key={tick}>
            <line className="axis" x1={x(tick)} x2={x(tick)} y1={22} y2={height - BOTTOM} />
            <text x={x(tick)} y={height - BOTTOM + 16} textAnchor="middle">
              {onX(tick)}
            </text>
          </g>
        ))}
        {ticks([0, yTop], 5).map((tick) => (
          <g key={tick}>
            <line className={tick === 0 ? 'zero' : 'axis'} x1={LEFT} x2={width - 8} y1={y(tick)} y2={y(tick)} />
            <text x={LEFT - 6} y={y(tick) + 4} textAnchor="end">
              {onY(tick)}
            </text>
          </g>
        ))}
        <line className="divide" x1={x(middleX)} x2={x(middleX)} y1={22} y2={height - BOTTOM} />
        <line className="divide" x1={LEFT} x2={width - 8} y1={y(middleY)} y2={y(middleY)} />
        <text x={0} y={12}>
          {yLabel}
        </text>
        <text x={width - 8} y={height - 4} textAnchor="end">
          {xLabel}
        </text>
        {drivers.map((driver) => {
          const kind = driver.strengthen ? 'strengthen' : '';
          return (
            <g key={driver.key}>
              <ellipse
                className={`ellipse ${kind}`}
                cx={(x(driver.performanceRange[0]) + x(driver.performanceRange[1])) / 2}
                cy={(y(driver.importanceRange[0]) + y(driver.importanceRange[1])) / 2}
                rx={Math.abs(x(driver.performanceRange[1]) - x(driver.performanceRange[0])) / 2}
                ry={Math.abs(y(driver.importanceRange[1]) - y(driver.importanceRange[0])) / 2}
              />
              <circle className={`dot ${kind}`} cx={x(driver.performance)} cy={y(driver.importance)} r={3.5} />
            </g>
          );
        })}
        {places.map((place) => (
          <text key={place.key} className="strong" x={place.x} y={place.y} textAnchor={place.anchor}>
            {place.label}
          </text>
        ))}
      </svg>
    </div>
  );
}

function mean(values: number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
}

interface Place {
  key: string;
  label: string;
  x: number;
  y: number;
  anchor: 'start' | 'end';
}

/** Labels beside their points, moved down when they would lie on one another. */
function labels(drivers: Driver[], x: (v: number) => number, y: (v: number) => number, width: number): Place[] {
  const placed: Place[] = [];
  for (const driver of [...drivers].sort((a, b) => b.importance - a.importance)) {
    const wide = driver.label.length * 6.6;
    const right = x(driver.performance) + 9;
    const anchor = right + wide > width - 4 ? 'end' : 'start';
    // Below the lowest stand the numbers of the axis.
    const low = y(driver.importance) > y(0) - 16;
    const place: Place = { key: driver.key, label: driver.label, x: anchor === 'start' ? right : right - 18, y: y(driver.importance) + (low ? -6 : 4), anchor };
    const left = (one: Place) => (one.anchor === 'start' ? one.x : one.x - one.label.length * 6.6);
    const hits = (other: Place) => Math.abs(other.y - place.y) < 13 && left(place) < left(other) + other.label.length * 6.6 + 4 && left(other) < left(place) + wide + 4;
    for (let tries = 0; tries < 14 && placed.some(hits); tries++) place.y += low ? -5 : 5;
    placed.push(place);
  }
  return placed;
}
