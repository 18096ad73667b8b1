// How far is what was measured from what the belief says? A point with its interval, and the limit.

import { type Measured, placed } from './measured';

export function Measure({ of, label }: { of: Measured; label: string }) {
  const at = placed(of);
  const x = (share: number) => 4 + share * 272;
  return (
    <svg className="measure" viewBox="0 0 280 24" role="img" aria-label={label}>
      <line className="track" x1={4} x2={276} y1={14} y2={14} />
      <rect className="says" x={of.least ? x(at.limit) : 4} width={of.least ? 276 - x(at.limit) : x(at.limit) - 4} y={8} height={12} />
      <line className="limit" x1={x(at.limit)} x2={x(at.limit)} y1={3} y2={24} />
      <line className="range" x1={x(at.lower)} x2={x(at.upper)} y1={14} y2={14} strokeLinecap="round" />
      <circle className="at" cx={x(at.value)} cy={14} r={4.5} />
    </svg>
  );
}
