// The frame that pictures with two axes share: what stands on the axes, a quiet grid, and where a value lies.

import { type Scale, linear, ticks } from '@/lib/scale';
import type { ReactNode } from 'react';
import { useWidth } from './useWidth';

export interface Place {
  x: Scale;
  y: Scale;
  left: number;
  right: number;
  top: number;
  bottom: number;
  width: number;
}

interface Props {
  label: string;
  xLabel: string;
  yLabel: string;
  xDomain: [number, number];
  yDomain: [number, number];
  /** None when the picture writes under the axis itself. */
  onX?: (value: number) => string;
  onY: (value: number) => string;
  height?: number;
  /** Holds something that can be moved, and so is more than a picture. */
  alive?: boolean;
  children: (place: Place) => ReactNode;
}

const LEFT = 58;
const RIGHT = 12;
const TOP = 28;
const BOTTOM = 40;
const USUAL = 560;

export function Axes({ label, xLabel, yLabel, xDomain, yDomain, onX, onY, height = 280, alive, children }: Props) {
  const [box, width] = useWidth(USUAL);
  const [right, bottom] = [width - RIGHT, height - BOTTOM];
  const x = linear(xDomain, [LEFT, right]);
  const y = linear(yDomain, [bottom, TOP]);
  return (
    <div ref={box}>
      <svg className="picture" viewBox={`0 0 ${width} ${height}`} height={height} role={alive ? 'group' : 'img'} aria-label={label}>
        <text x={0} y={12}>
          {yLabel}
        </text>
        {ticks(yDomain, 5).map((tick) => (
          <g key={tick}>
            <line className={tick === 0 ? 'zero' : 'axis'} x1={LEFT} x2={right} y1={y(tick)} y2={y(tick)} />
            <text x={LEFT - 6} y={y(tick) + 4} textAnchor="end">
              {onY(tick)}
            </text>
          </g>
        ))}
        {onX &&
          ticks(xDomain, width < 480 ? 4 : 7).map((tick) => (
            <text key={tick} x={x(tick)} y={bottom + 18} textAnchor="middle">
              {onX(tick)}
            </text>
          ))}
        <text x={right} y={height - 4} textAnchor="end">
          {xLabel}
        </text>
        {children({ x, y, left: LEFT, right, top: TOP, bottom, width })}
      </svg>
    </div>
  );
}

/** A line through points, as SVG wants it. */
export function pathOf(points: [number, number][], { x, y }: Pick<Place, 'x' | 'y'>): string {
  return points.map(([at, value], n) => `${n ? 'L' : 'M'}${x(at).toFixed(1)} ${y(value).toFixed(1)}`).join('');
}
