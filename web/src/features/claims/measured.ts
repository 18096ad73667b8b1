// What was measured, and what does the belief say? Read from the sentences of the register's cells.

import type { Cell } from '@/api/types';

export interface Measured {
  value: number;
  lower: number | null;
  upper: number | null;
  limit: number;
  /** Whether the belief says at least or at most. */
  least: boolean;
}

export function measuredOf(size: Cell | undefined, limit: Cell | undefined): Measured | null {
  const [told, said] = [paramsOf(size), paramsOf(limit)];
  const [value, against] = [told.value, said.limit];
  if (typeof value !== 'number' || typeof against !== 'number') return null;
  const end = (name: string) => (typeof told[name] === 'number' ? told[name] : null);
  return { value, lower: end('lower'), upper: end('upper'), limit: against, least: said.side !== 'side.most' };
}

function paramsOf(cell: Cell | undefined): Record<string, unknown> {
  if (!cell || typeof cell !== 'object' || !('said' in cell)) return {};
  return (cell.said as { params?: Record<string, unknown> }).params ?? {};
}

/** Where on a line from 0 to 1 things stand, with room at both ends; zero is on the line when it is near. */
export function placed({ value, lower, upper, limit }: Measured): { value: number; lower: number; upper: number; limit: number } {
  const ends = [value, lower ?? value, upper ?? value, limit];
  const [least, most] = [Math.min(...ends), Math.max(...ends)];
  const room = (most - least || Math.abs(most) || 1) * 0.12;
  const at = (x: number) => (x - least + room) / (most - least + 2 * room || 1);
  return { value: at(value), lower: at(lower ?? value), upper: at(upper ?? value), limit: at(limit) };
}
