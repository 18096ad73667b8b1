// Where on a small track do an estimate and its interval lie?

export interface Band {
  /** All in 0..1 of the track's width. */
  from: number;
  to: number;
  at: number;
  zero: number | null;
}

/**
 * The track is centered on the value and at least 0.6 times the value wide, so that a certain figure has a narrow
 * band and an uncertain one a wide; zero is marked when it lies on the track.
 */
export function bandOf(value: number, lower: number, upper: number): Band {
  const reach = Math.max(value - lower, upper - value, 0);
  const half = Math.max(reach * 1.35, Math.abs(value) * 0.3, Number.MIN_VALUE);
  const start = value - half;
  const place = (x: number) => (x - start) / (2 * half);
  const zero = place(0);
  return { from: place(lower), to: place(upper), at: 0.5, zero: zero > 0.02 && zero < 0.98 ? zero : null };
}
