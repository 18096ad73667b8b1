// Estimates with their intervals, one under the other on one axis.

import { linear, padded, ticks } from '@/lib/scale';
import { lined } from '@/lib/text';
import { useWidth } from './useWidth';

export interface Whisker {
  key: string;
  label: string;
  value: number;
  lower: number;
  upper: number;
  text: string;
  /** Drawn softly: a check beside the estimates. */
  soft?: boolean;
}

interface Props {
  rows: Whisker[];
  label: string;
  unit: string;
  onAxis: (value: number) => string;
  /** Zero belongs to the axis of an effect; not to that of a level. */
  zero?: boolean;
  /** Names stand above their rows: they are too long to stand beside. */
  stacked?: boolean;
}

/** About how wide a letter is. */
const LETTER = 6.7;
const LINE = 14;
const ROW = 34;
const TOP = 8;

export function Whiskers({ rows, label, unit, onAxis, zero = true, stacked = false }: Props) {
  const [box, width] = useWidth(560);
  const names = stacked || width < 400 ? 0 : Math.min(210, width * 0.38);
  const rowHeight = names ? ROW : ROW + 18;
  const height = TOP + rows.length * rowHeight + 38;
  const domain = padded([...rows.flatMap((row) => [row.lower, row.upper, row.value]), ...(zero ? [0] : [])]);
  const x = linear(domain, [names + 6, width - 6]);
  return (
    <div ref={box}>
      <svg className="picture" viewBox={`0 0 ${width} ${height}`} height={height} role="img" aria-label={label}>
        {ticks(domain, width < 560 ? 3 : 5).map((tick) => (
          <g key={tick}>
            <line className={tick === 0 ? 'zero' : 'axis'} x1={x(tick)} x2={x(tick)} y1={TOP} y2={height - 34} />
            <text x={x(tick)} y={height - 18} textAnchor={x(tick) > width - 34 ? 'end' : 'middle'}>
              {onAxis(tick)}
            </text>
          </g>
        ))}
        <text x={width - 6} y={height} textAnchor="end">
          {unit}
        </text>
        {rows.map((row, at) => {
          const y = TOP + at * rowHeight + rowHeight / 2 + (names ? 0 : 9);
          return (
            <g key={row.key}>
              <Name label={row.label} x={names ? names - 8 : 0} y={names ? y + 4 : y - 14} room={names ? names - 8 : width} standing={names > 0} />
              <line className="reach" x1={x(row.lower)} x2={x(row.upper)} y1={y} y2={y} strokeLinecap="round" strokeOpacity={row.soft ? 0.45 : 1} />
              <circle className="dot" cx={x(row.value)} cy={y} r={4.5} fillOpacity={row.soft ? 0.55 : 1}>
                <title>{row.text}</title>
              </circle>
            </g>
          );
        })}
      </svg>
    </div>
  );
}

interface NameProps {
  label: string;
  x: number;
  y: number;
  room: number;
  /** Beside its row, with room for two lines; else above it, on one. */
  standing: boolean;
}

/** A name never leaves the picture: it is broken or cut, and then whole on hover. */
function Name({ label, x, y, room, standing }: NameProps) {
  const lines = lined(label, Math.floor(room / LETTER), standing ? 2 : 1);
  return (
    <text className="strong" textAnchor={standing ? 'end' : 'start'}>
      {lines.join(' ') !== label && <title>{label}</title>}
      {lines.map((line, at) => (
        <tspan key={at} x={x} y={y + (at - (lines.length - 1) / 2) * LINE}>
          {line}
        </tspan>
      ))}
    </text>
  );
}
