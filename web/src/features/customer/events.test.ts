import type { EventView } from '@/api/types';
import { describe, expect, it } from 'vitest';
import { happenings, kindOf } from './events';

const event = (on: string, table: string, row: Record<string, unknown>): EventView => ({ on, table, label: table, text: `${table} ${on}`, row });

describe('the time line', () => {
  it('shows the lines of one order as one happening, the latest first', () => {
    const found = happenings([event('2025-01-01', 'orders', { order_id: 'a' }), event('2025-01-01', 'orders', { order_id: 'a' }), event('2026-01-01', 'orders', { order_id: 'b' })]);
    expect(found.map((one) => one.rows.length)).toEqual([1, 2]);
    expect(found[0]?.on).toBe('2026-01-01');
  });

  it('keeps two meetings on one day apart', () => {
    expect(happenings([event('2025-01-01', 'interactions', {}), event('2025-01-01', 'interactions', {})])).toHaveLength(2);
  });

  it('knows a broken promise as a fault', () => {
    expect(kindOf(event('2025-01-01', 'promises_kept', { kept: false }))).toBe('fault');
    expect(kindOf(event('2025-01-01', 'promises_kept', { kept: true }))).toBe('met');
    expect(kindOf(event('2025-01-01', 'something_new', {}))).toBe('met');
  });
});
