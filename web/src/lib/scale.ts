// Where does a number lie on a picture, and which round numbers stand on its axis?

export interface Scale {
  (value: number): number;
  domain: [number, number];
}

export function linear(domain: [number, number], range: [number, number]): Scale {
  const span = domain[1] - domain[0] || 1;
  const scale = (value: number) => range[0] + ((value - domain[0]) / span) * (range[1] - range[0]);
  return Object.assign(scale, { domain });
}

/** About `wanted` round numbers within the domain. */
export function ticks([from, to]: [number, number], wanted = 5): number[] {
  if (!(to > from)) return [from];
  const rough = (to - from) / Math.max(1, wanted);
  const size = 10 ** Math.floor(Math.log10(rough));
  const steps = [0.5, 1, 2, 2.5, 5, 10].map((factor) => factor * size);
  const first = steps.findIndex((candidate) => candidate >= rough);
  const found = multiples(from, to, steps[first] ?? size);
  // One or two ticks say too little of a scale; the next finer step says more.
  return found.length >= 3 || first < 1 ? found : multiples(from, to, steps[first - 1] ?? size);
}

function multiples(from: number, to: number, step: number): number[] {
  const found: number[] = [];
  for (let n = Math.ceil(from / step - 1e-9); n * step <= to + step * 1e-9; n++) found.push(Number((n * step).toPrecision(12)));
  return found;
}

/** The smallest and the largest of the values with some air around them. */
export function padded(values: number[], air = 0.06): [number, number] {
  const known = values.filter(Number.isFinite);
  if (known.length === 0) return [0, 1];
  const from = Math.min(...known);
  const to = Math.max(...known);
  const room = (to - from || Math.abs(to) || 1) * air;
  return [from - room, to + room];
}

/** From zero where zero is near; values far from it, such as shares of 79 to 81 %, get the axis to themselves. */
export function reaching(values: number[]): [number, number] {
  const [from, to] = [Math.min(...values), Math.max(...values)];
  if (from > 0 && from > (to - from) * 2) return padded(values, 0.04);
  return [Math.min(0, from), Math.max(0, to)];
}

/** The value below which a share of the values lie; the values need not be sorted. */
export function quantile(values: number[], at: number): number {
  const sorted = values.filter(Number.isFinite).sort((a, b) => a - b);
  if (sorted.length === 0) return 0;
  const place = (sorted.length - 1) * at;
  const low = Math.floor(place);
  const rest = place - low;
  return (sorted[low] ?? 0) * (1 - rest) + (sorted[Math.min(low + 1, sorted.length - 1)] ?? 0) * rest;
}
