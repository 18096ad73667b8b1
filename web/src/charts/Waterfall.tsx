// How did one amount become another, step by step?

import { linear } from '@/lib/scale';
import { type Bar, type Step, barsOf, floorOf } from '@/lib/waterfall';
import { useWidth } from './useWidth';

export interface WaterfallStep extends Step {
  /** The amount as it is read on the picture. */
  text: string;
  range?: [number, number] | undefined;
  /** A loss that nobody could have helped, or that nobody can tell, is drawn softly. */
  soft?: boolean;
}

interface Props {
  steps: WaterfallStep[];
  label: string;
  /** Says where the axis begins when that is not zero. */
  sayFloor: (floor: number) => string;
  height?: number;
}

const TOP = 34;
const BOTTOM = 44;
/** A bar with less room than this lies down. */
const NARROWEST = 62;

export function Waterfall({ steps, label, sayFloor, height = 268 }: Props) {
  const [box, width] = useWidth(620);
  const bars = barsOf(steps);
  const floor = floorOf(bars);
  const top = Math.max(...bars.flatMap((bar) => [bar.from, bar.to]));
  const low = Math.min(floor, ...bars.flatMap((bar) => [bar.to, bar.total ? 0 + floor : bar.from]));
  if (width < bars.length * NARROWEST) return <div ref={box}><Rows steps={steps} bars={bars} floor={floor} top={top} low={low} width={width} label={label} sayFloor={sayFloor} /></div>;
  const slot = width / Math.max(1, bars.length);
  // Words wider than their bar's room stand on two levels, so that neighbors do not meet.
  const stagger = steps.some((step) => step.label.split(' ').some((word) => word.length * 6.6 > slot));
  const bottom = BOTTOM + (stagger ? 14 : 0) + Math.max(0, ...steps.map((step) => wrapped(step.label, slot).length - 2)) * 13;
  const y = linear([low, top], [height - bottom, TOP]);
  const thick = Math.min(72, slot * 0.7);
  const base = y(Math.max(floor, low));
  return (
    <div ref={box}>
      <svg className="picture" viewBox={`0 0 ${width} ${height}`} height={height} role="img" aria-label={label}>
        {floor > 0 && (
          <text x={0} y={12}>
            {sayFloor(floor)}
          </text>
        )}
        <line className={floor > 0 ? 'axis' : 'zero'} x1={0} x2={width} y1={floor > 0 ? base : y(0)} y2={floor > 0 ? base : y(0)} />
        {bars.map((bar, at) => {
          const step = steps[at] as WaterfallStep;
          const middle = slot * (at + 0.5);
          const from = bar.total ? base : y(bar.from);
          const to = y(bar.to);
          const upper = Math.min(from, to);
          const kind = bar.total ? 'total' : bar.amount >= 0 ? 'up' : step.soft ? 'soft' : 'down';
          const after = bars[at + 1];
          return (
            <g key={bar.key}>
              <rect className={kind} x={middle - thick / 2} y={upper} width={thick} height={Math.max(1.5, Math.abs(to - from))} rx={2} />
              {after && <line className="hang" x1={middle + thick / 2} x2={slot * (at + 1.5) - thick / 2} y1={to} y2={to} />}
              <text className="strong" x={middle} y={upper - 7} textAnchor="middle">
                {step.text}
              </text>
              {wrapped(step.label, slot).map((line, row) => (
                <text key={row} x={middle} y={height - bottom + 18 + (row + (stagger ? at % 2 : 0)) * 14} textAnchor="middle">
                  {line}
                </text>
              ))}
            </g>
          );
        })}
      </svg>
    </div>
  );
}

interface RowsProps {
  steps: WaterfallStep[];
  bars: Bar[];
  floor: number;
  top: number;
  low: number;
  width: number;
  label: string;
  sayFloor: (floor: number) => string;
}

const ROW = 40;

/** The same bars lying down, one under the other, where there is no room for them to stand. */
function Rows({ steps, bars, floor, top, low, width, label, sayFloor }: RowsProps) {
  const head = floor > 0 ? 22 : 4;
  const height = head + bars.length * ROW + 4;
  const x = linear([low, top], [0, width]);
  const base = x(Math.max(floor, low));
  return (
    <svg className="picture" viewBox={`0 0 ${width} ${height}`} height={height} role="img" aria-label={label}>
      {floor > 0 && (
        <text x={0} y={12}>
          {sayFloor(floor)}
        </text>
      )}
      {bars.map((bar, at) => {
        const step = steps[at] as WaterfallStep;
        const from = bar.total ? base : x(bar.from);
        const to = x(bar.to);
        const kind = bar.total ? 'total' : bar.amount >= 0 ? 'up' : step.soft ? 'soft' : 'down';
        const y = head + at * ROW;
        return (
          <g key={bar.key}>
            <text x={0} y={y + 12}>
              {step.label}
            </text>
            <text className="strong" x={width} y={y + 12} textAnchor="end">
              {step.text}
            </text>
            <rect className={kind} x={Math.min(from, to)} y={y + 18} width={Math.max(1.5, Math.abs(to - from))} height={12} rx={2} />
          </g>
        );
      })}
    </svg>
  );
}

/** At most four lines of whole words. */
function wrapped(text: string, width: number): string[] {
  const room = Math.max(7, Math.floor((width - 8) / 6.1));
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last !== undefined && `${last} ${word}`.length <= room) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines.slice(0, 4);
}
