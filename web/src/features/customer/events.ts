// What kind of event is each row of the ledger, and which belong together?

import type { EventView } from '@/api/types';

export const KINDS = ['did', 'said', 'met', 'fault'] as const;
export type Kind = (typeof KINDS)[number];

const KIND: Record<string, Kind> = {
  orders: 'did', contracts: 'did', club_entries: 'did', referrals: 'said', answers: 'said', asked: 'met', interactions: 'met', exposures: 'met', incidents: 'fault', promises_kept: 'met',
};

export function kindOf(event: EventView): Kind {
  if (event.table === 'promises_kept' && event.row.kept === false) return 'fault';
  return KIND[event.table] ?? 'met';
}

export interface Happening {
  on: string;
  kind: Kind;
  label: string;
  texts: string[];
  rows: EventView[];
}

/** The lines of one order, or the answers of one survey, are one happening; the latest first. */
export function happenings(events: EventView[], say: (event: EventView) => string = (event) => event.text): Happening[] {
  const found = new Map<string, Happening>();
  for (const event of events) {
    const together = event.row.order_id ?? event.row.response_id ?? event.row.interaction_id ?? event.row.contract_id ?? '';
    const key = `${event.table}|${event.on}|${event.table === 'orders' || event.table === 'answers' ? String(together) : found.size}`;
    const before = found.get(key);
    if (before) {
      before.texts.push(say(event));
      before.rows.push(event);
    } else {
      found.set(key, { on: event.on, kind: kindOf(event), label: event.label, texts: [say(event)], rows: [event] });
    }
  }
  return [...found.values()].sort((a, b) => b.on.localeCompare(a.on));
}
