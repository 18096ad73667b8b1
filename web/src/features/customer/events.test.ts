import type { EventView } from '@/api/types';
import { describe, expect, it } from 'vitest';
import { eventText } from './eventText';
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

  it('says of a row what a reader asks for, and all of it when the table is unknown', () => {
    const say = (table: string, row: Record<string, unknown>) => eventText(event('2025-01-01', table, row), 'sv', (yes) => (yes ? 'hölls' : 'bröts')).replaceAll('\u00a0', ' ');
    expect(say('orders', { net_amount: 1221.75, channel: 'web' })).toBe('1 222 kr, web');
    expect(say('answers', { question: 'satisfaction', value: 7, scale_min: 1, scale_max: 10 })).toBe('satisfaction, 7 (1–10)');
    expect(say('answers', { question: 'comment', text: 'Kom i tid.', value: null })).toBe('comment, Kom i tid.');
    expect(say('promises_kept', { promise_key: 'answered_fast', kept: false })).toBe('answered fast, bröts');
    expect(say('visits', {})).toBe('visits 2025-01-01');
  });
});
