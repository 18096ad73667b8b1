// Where does each bar of a waterfall begin and end?

export interface Step {
  key: string;
  label: string;
  amount: number;
  /** A total stands on the axis; a change hangs on the one before. */
  total: boolean;
}

export interface Bar extends Step {
  from: number;
  to: number;
}

export function barsOf(steps: Step[]): Bar[] {
  let level = 0;
  return steps.map((step) => {
    const from = step.total ? 0 : level;
    const to = step.total ? step.amount : level + step.amount;
    level = to;
    return { ...step, from, to };
  });
}

/** The axis may begin above zero when every level is far from it; the picture must then say so. */
export function floorOf(bars: Bar[]): number {
  const lowest = Math.min(...bars.flatMap((bar) => (bar.total ? [bar.to] : [bar.from, bar.to])));
  const highest = Math.max(...bars.flatMap((bar) => [bar.from, bar.to]));
  if (!(lowest > 0) || lowest < 0.45 * highest) return 0;
  const room = lowest - (highest - lowest) * 0.8;
  const step = 10 ** Math.floor(Math.log10(highest)) / 2;
  return Math.max(0, Math.floor(room / step) * step);
}
