// Amounts by class, side by side on one axis, such as sales by working days left of the quarter.

import { padded } from '@/lib/scale';
import { Axes } from './Axes';

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

/** Room that a label under its bar needs. */
const LABEL = 46;

export function Bars({ bars, label, xLabel, yLabel, onY, level }: Props) {
  const domain = padded([0, ...bars.map((bar) => bar.value), ...(level ? [level.value] : [])], 0.05);
  const low = bars.every((bar) => bar.value >= 0) ? 0 : domain[0];
  return (
    <Axes label={label} xLabel={xLabel} yLabel={yLabel} xDomain={[0, Math.max(1, bars.length)]} yDomain={[low, domain[1]]} onY={onY}>
      {({ x, y, left, right, bottom }) => {
        const room = x(1) - x(0);
        const every = Math.ceil(LABEL / room);
        return (
          <>
            {bars.map((bar, at) => (
              <g key={bar.key}>
                <rect
                  className={bar.value < 0 ? 'bar down' : 'bar'}
                  x={x(at) + room * 0.12}
                  width={room * 0.76}
                  y={Math.min(y(bar.value), y(0))}
                  height={Math.max(1, Math.abs(y(bar.value) - y(0)))}
                >
                  <title>{`${bar.label}: ${bar.text}`}</title>
                </rect>
                {at % every === 0 && (
                  <text x={x(at) + room / 2} y={bottom + 18} textAnchor="middle">
                    {bar.label}
                  </text>
                )}
              </g>
            ))}
            {level && (
              <>
                <line className="divide" x1={left} x2={right} y1={y(level.value)} y2={y(level.value)} />
                <text className="strong" x={left + 4} y={y(level.value) - 6}>
                  {level.label}
                </text>
              </>
            )}
          </>
        );
      }}
    </Axes>
  );
}
