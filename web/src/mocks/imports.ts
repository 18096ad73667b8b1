// What does the mock make of two uploaded files?

import type { PreviewView, ProposalView } from '@/api/types';
import { sourceOf } from '@/lib/mapping';

const MAPPING = `[reading]
encoding = "windows-1252"
delimiter = ";"
decimal = ","

[source.kunder]
files = ["kunder.csv"]

[source.order]
files = ["order.csv"]

[[table]]
name = "customers"
from = "kunder"

[table.columns]
customer_id = "Kundnr"
name = "Namn"
acquired_on = { column = "Kund sedan", dates = ["%d/%m/%Y"] }

[[table]]
name = "orders"
from = "order"

[table.columns]
order_id = "Ordernr"
customer_id = "Kund"
ordered_on = "Datum"
net_amount = "Belopp"
`;

export function proposal(lang: 'sv' | 'en'): ProposalView {
  const note = lang === 'sv' ? 'Dag först: 17 värden har en dag över 12.' : 'Day first: 17 values have a day above 12.';
  return {
    mapping: MAPPING,
    tables: [
      {
        file: 'kunder.csv', table: 'customers', headings: ['Kundnr', 'Namn', 'Kund sedan', 'Ort', 'E-post'], unmapped: ['Ort', 'E-post'],
        columns: [
          { target: 'customer_id', source: 'Kundnr', note: null, required: true },
          { target: 'name', source: 'Namn', note: null, required: false },
          { target: 'acquired_on', source: 'Kund sedan', note, required: false },
          { target: 'region', source: null, note: null, required: false },
        ],
      },
      {
        file: 'order.csv', table: 'orders', headings: ['Ordernr', 'Kund', 'Datum', 'Belopp', 'Butik'], unmapped: ['Butik'],
        columns: [
          { target: 'order_id', source: 'Ordernr', note: null, required: true },
          { target: 'customer_id', source: 'Kund', note: null, required: true },
          { target: 'ordered_on', source: 'Datum', note: null, required: true },
          { target: 'net_amount', source: 'Belopp', note: null, required: true },
          { target: 'unit_id', source: null, note: null, required: false },
        ],
      },
    ],
  };
}

const CUSTOMERS: Record<string, string>[] = [
  { Kundnr: '1001', Namn: 'Anna Ström', 'Kund sedan': '2021-03-04', Ort: 'Umeå', 'E-post': 'anna@example.se' },
  { Kundnr: '1002', Namn: 'Björks Bageri AB', 'Kund sedan': '2019-11-18', Ort: 'Luleå', 'E-post': 'info@bjorks.example' },
  { Kundnr: '1003', Namn: 'Åke Öberg', 'Kund sedan': '2024-01-30', Ort: 'Kiruna', 'E-post': 'ake@example.se' },
];
const ORDERS: Record<string, string>[] = [
  { Ordernr: 'A-1', Kund: '1001', Datum: '2026-05-02', Belopp: '1 234,50', Butik: 'B06' },
  { Ordernr: 'A-2', Kund: '1002', Datum: '2026-05-03', Belopp: '89,00', Butik: 'B06' },
];

/** Null when the text is no mapping at all. */
export function preview(mapping: string, lang: 'sv' | 'en'): PreviewView | null {
  if (mapping.split('\n').some((line) => (line.match(/"/g)?.length ?? 0) % 2 === 1) && mapping.length > 10) return null;
  const table = (at: number, name: string, rows: Record<string, string>[], targets: string[], rejected: number) => {
    const columns = targets.filter((target) => sourceOf(mapping, at, target) !== null);
    return { table: name, columns, rows: rows.map((row) => columns.map((column) => row[sourceOf(mapping, at, column) ?? ''] ?? null)), read: rows.length + rejected, accepted: rows.length, rejected };
  };
  return {
    tables: [table(0, 'customers', CUSTOMERS, ['customer_id', 'name', 'acquired_on', 'region'], 1), table(1, 'orders', ORDERS, ['order_id', 'customer_id', 'ordered_on', 'net_amount', 'unit_id'], 1)],
    cut_short: false,
    rejects: [
      { table: 'customers', file: 'kunder.csv', line: 41, column: 'acquired_on', reason: lang === 'sv' ? 'Dagen finns inte' : 'No such day', text: '31/02/2023' },
      { table: 'orders', file: 'order.csv', line: 7, column: 'customer_id', reason: lang === 'sv' ? 'Kunden är okänd' : 'The customer is unknown', text: '9999' },
    ],
  };
}
