// How is a filter of a table written in the address? As column:op:value, the same as the API reads it.

export const OPERATORS = ['eq', 'in', 'lt', 'le', 'gt', 'ge', 'contains', 'missing'] as const;
export type Operator = (typeof OPERATORS)[number];

export interface Filter {
  column: string;
  op: Operator;
  value: string;
}

export function parseFilter(text: string): Filter | null {
  const [column, op, ...rest] = text.split(':');
  if (!column || !OPERATORS.includes(op as Operator)) return null;
  return { column, op: op as Operator, value: rest.join(':') };
}

export function writeFilter({ column, op, value }: Filter): string {
  return `${column}:${op}:${value}`;
}

export function parseFilters(where: string[] | undefined): Filter[] {
  return (where ?? []).map(parseFilter).filter((filter) => filter !== null);
}

/** Puts filters in place of those that stood on the same columns. */
export function replaceFilters(where: string[] | undefined, columns: string[], by: Filter[]): string[] {
  const kept = parseFilters(where).filter((filter) => !columns.includes(filter.column));
  return [...kept, ...by].map(writeFilter);
}

/** The range that a brush leaves: rounded outwards a little, so that what was seen inside stays inside. */
export function rangeFilters(column: string, lower: number, upper: number): Filter[] {
  const step = 10 ** Math.floor(Math.log10(Math.max(upper - lower, 1e-9)) - 2);
  const down = Math.floor(lower / step) * step;
  const up = Math.ceil(upper / step) * step;
  return [
    { column, op: 'ge', value: trimmed(down) },
    { column, op: 'le', value: trimmed(up) },
  ];
}

function trimmed(value: number): string {
  return String(Number(value.toPrecision(12)));
}

export interface Sort {
  column: string;
  descending: boolean;
}

export function parseSort(text: string | undefined): Sort | null {
  if (!text) return null;
  return text.startsWith('-') ? { column: text.slice(1), descending: true } : { column: text, descending: false };
}

/** Large first, then small first, then as it was. */
export function nextSort(sort: Sort | null, column: string): string | undefined {
  if (sort?.column !== column) return `-${column}`;
  return sort.descending ? column : undefined;
}
