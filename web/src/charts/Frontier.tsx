// What does more or less money give, and which point of the line is being looked at? The handle is dragged, or moved by keys.

import { padded } from '@/lib/scale';
import { type KeyboardEvent, type PointerEvent, useRef } from 'react';
import { Axes, type Place, pathOf } from './Axes';

interface Props {
  points: { at: number; value: number; lower: number; upper: number }[];
  label: string;
  xLabel: string;
  yLabel: string;
  onX: (value: number) => string;
  onY: (value: number) => string;
  today: { at: number; label: string };
  handle: { at: number; label: string; text: string; onMove: (at: number) => void };
}

const STEPS = 100;

export function Frontier({ points, label, xLabel, yLabel, onX, onY, today, handle }: Props) {
  const ends: [number, number] = [points[0]?.at ?? 0, points[points.length - 1]?.at ?? 1];
  return (
    <Axes
      alive
      label={label}
      xLabel={xLabel}
      yLabel={yLabel}
      xDomain={ends}
      yDomain={padded([0, ...points.flatMap((point) => [point.lower, point.upper])], 0.05)}
      onX={onX}
      onY={onY}
      height={320}
    >
      {(place) => <Inside {...{ points, place, ends, today, handle }} />}
    </Axes>
  );
}

function Inside({ points, place, ends, today, handle }: Pick<Props, 'points' | 'today' | 'handle'> & { place: Place; ends: [number, number] }) {
  const { x, y, left, right, top, bottom } = place;
  const dragged = useRef(false);
  const within = (at: number) => Math.min(ends[1], Math.max(ends[0], at));
  const at = within(handle.at);
  const value = valueAt(points, at);
  const follow = (event: PointerEvent<SVGRectElement>) => {
    const room = event.currentTarget.getBoundingClientRect();
    handle.onMove(within(ends[0] + ((event.clientX - room.left) / room.width) * (ends[1] - ends[0])));
  };
  const step = (event: KeyboardEvent) => {
    const by = (ends[1] - ends[0]) / STEPS;
    const moves: Record<string, number> = { ArrowRight: at + by, ArrowUp: at + by, ArrowLeft: at - by, ArrowDown: at - by, PageUp: at + 10 * by, PageDown: at - 10 * by, Home: ends[0], End: ends[1] };
    const to = moves[event.key];
    if (to === undefined) return;
    event.preventDefault();
    handle.onMove(within(to));
  };
  const upper = points.map((point): [number, number] => [point.at, point.upper]);
  const lower = points.map((point): [number, number] => [point.at, point.lower]).reverse();
  return (
    <>
      <path className="shade" d={`${pathOf([...upper, ...lower], place)}Z`} />
      <path className="line" d={pathOf(points.map((point): [number, number] => [point.at, point.value]), place)} />
      {today.at >= ends[0] && today.at <= ends[1] && (
        <g>
          <line className="divide" x1={x(today.at)} x2={x(today.at)} y1={top} y2={bottom} />
          <circle className="nowdot" cx={x(today.at)} cy={y(0)} r={4} />
          <text className="strong" x={x(today.at) + (x(today.at) > right - 60 ? -6 : 6)} y={bottom - 8} textAnchor={x(today.at) > right - 60 ? 'end' : 'start'}>
            {today.label}
          </text>
        </g>
      )}
      <rect
        className="grab"
        x={left}
        y={top}
        width={right - left}
        height={bottom - top}
        onPointerDown={(event) => {
          dragged.current = true;
          event.currentTarget.setPointerCapture(event.pointerId);
          follow(event);
        }}
        onPointerMove={(event) => dragged.current && follow(event)}
        onPointerUp={() => (dragged.current = false)}
        onPointerCancel={() => (dragged.current = false)}
      />
      <line className="hang" x1={x(at)} x2={x(at)} y1={y(value)} y2={bottom} />
      <circle
        className="handle"
        cx={x(at)}
        cy={y(value)}
        r={12}
        role="slider"
        tabIndex={0}
        aria-label={handle.label}
        aria-valuemin={Math.round(ends[0])}
        aria-valuemax={Math.round(ends[1])}
        aria-valuenow={Math.round(at)}
        aria-valuetext={handle.text}
        onKeyDown={step}
      />
    </>
  );
}

/** The line between the two points around. */
function valueAt(points: Props['points'], at: number): number {
  const after = points.findIndex((point) => point.at >= at);
  const [before, next] = [points[after - 1], points[after]];
  if (!before || !next) return (next ?? points[points.length - 1])?.value ?? 0;
  const share = next.at > before.at ? (at - before.at) / (next.at - before.at) : 0;
  return before.value + share * (next.value - before.value);
}
