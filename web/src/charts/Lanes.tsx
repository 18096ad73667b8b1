// When did what happen? One lane for each kind of event, one mark for each event, on one axis of time.

import { linear } from '@/lib/scale';
import { useWidth } from './useWidth';

export interface Lane {
  key: string;
  label: string;
  color: string;
  events: { on: string; text: string; strong?: boolean }[];
}

const ROW = 34;
const TOP = 6;
const YEAR_MS = 365.25 * 86_400_000;

export function Lanes({ lanes, label, until }: { lanes: Lane[]; label: string; until: string }) {
  const [box, width] = useWidth(900);
  const times = lanes.flatMap((lane) => lane.events.map((event) => Date.parse(event.on))).filter(Number.isFinite);
  if (times.length === 0) return null;
  const end = Math.max(Date.parse(until), ...times);
  const start = Math.min(...times, end - YEAR_MS / 2);
  const left = width < 520 ? 0 : 92;
  const rowHeight = left ? ROW : ROW + 14;
  const height = TOP + lanes.length * rowHeight + 26;
  const x = linear([start, end], [left + 8, width - 8]);
  const years = yearsBetween(start, end, width < 520 ? 5 : 10);
  return (
    <div ref={box}>
      <svg className="picture" viewBox={`0 0 ${width} ${height}`} height={height} role="img" aria-label={label}>
        {years.map(({ at, text }) => (
          <g key={text}>
            <line className="axis" x1={x(at)} x2={x(at)} y1={TOP} y2={height - 22} />
            <text x={x(at)} y={height - 6} textAnchor="middle">
              {text}
            </text>
          </g>
        ))}
        {lanes.map((lane, row) => {
          const y = TOP + row * rowHeight + (left ? rowHeight / 2 : rowHeight / 2 + 8);
          return (
            <g key={lane.key}>
              <text className="strong" x={left ? left - 6 : 0} y={left ? y + 4 : y - 14} textAnchor={left ? 'end' : 'start'}>
                {lane.label}
              </text>
              <line className="axis" x1={left + 8} x2={width - 8} y1={y} y2={y} />
              {lane.events.map((event, at) => (
                <circle key={at} cx={x(Date.parse(event.on))} cy={y} r={event.strong ? 6 : 4.5} style={{ fill: `var(--${lane.color})`, fillOpacity: 0.62 }}>
                  <title>{event.text}</title>
                </circle>
              ))}
            </g>
          );
        })}
      </svg>
    </div>
  );
}

function yearsBetween(start: number, end: number, most: number): { at: number; text: string }[] {
  const from = new Date(start).getUTCFullYear() + 1;
  const to = new Date(end).getUTCFullYear();
  const step = Math.max(1, Math.ceil((to - from + 1) / most));
  return Array.from({ length: Math.max(0, Math.floor((to - from) / step) + 1) }, (_, n) => {
    const year = from + n * step;
    return { at: Date.UTC(year, 0, 1), text: String(year) };
  });
}
