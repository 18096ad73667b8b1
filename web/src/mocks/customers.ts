// Who are the customers of the mock? A few hundred real ones of the example company, repeated with small changes.

import type { CustomerColumn, CustomerRow, CustomerView, FigureView, StepView } from '@/api/types';
import { inUnit } from '@/lib/numbers';
import { parseFilters, parseSort } from '@/lib/filters';
import kept from './fixtures/customers.json';
import wordsEn from './fixtures/words.en.json';
import wordsSv from './fixtures/words.sv.json';

type Lang = 'sv' | 'en';
interface Kept {
  customer: Record<string, string | number | boolean | null>;
  scores: Record<string, string | number | null>;
  events: { on: string; table: string; row: Record<string, unknown> }[];
  satisfaction: number | null;
}

const KEPT = kept as unknown as Kept[];
const words = (lang: Lang): Record<string, string> => (lang === 'sv' ? wordsSv : wordsEn);

/** How many customers the mock plays; a million is for trying the table. */
export const SIZE = Number(globalThis.process?.env?.MOCK_CUSTOMERS ?? 5000);

const LABELS: Record<Lang, Record<string, string>> = {
  sv: {
    customer_id: 'Kund', name: 'Namn', kind: 'Slag', segment: 'Segment', region: 'Region', unit_id: 'Enhet', stance: 'Inriktning', decided: 'Beslut',
    value: 'Kundvärde', profit_12m: 'Vinst, 12 mån', revenue_12m: 'Intäkter, 12 mån', margin_12m: 'Täckningsbidrag, 12 mån', cost_to_serve_12m: 'Servicekostnad, 12 mån',
    satisfaction: 'Nöjdhet', p_alive: 'Sannolikt aktiv', orders_12m: 'Order, 12 mån', keep_value: 'Värde efter service',
    stance_probability: 'Rätt klass', acquired_on: 'Kund sedan', relation: 'Relation',
  },
  en: {
    customer_id: 'Customer', name: 'Name', kind: 'Kind', segment: 'Segment', region: 'Region', unit_id: 'Unit', stance: 'Stance', decided: 'Decision',
    value: 'Lifetime value', profit_12m: 'Profit, 12 months', revenue_12m: 'Revenue, 12 months', margin_12m: 'Margin, 12 months', cost_to_serve_12m: 'Cost to serve, 12 months',
    satisfaction: 'Satisfaction', p_alive: 'Probably active', orders_12m: 'Orders, 12 months', keep_value: 'Value after service',
    stance_probability: 'Right class', acquired_on: 'Customer since', relation: 'Relation',
  },
};

const COLUMNS: [string, string, string][] = [
  ['customer_id', 'text', 'text'], ['name', 'text', 'text'], ['value', 'SEK', 'number'], ['satisfaction', 'points', 'number'], ['stance', 'text', 'word'],
  ['profit_12m', 'SEK', 'number'], ['revenue_12m', 'SEK', 'number'], ['margin_12m', 'SEK', 'number'], ['cost_to_serve_12m', 'SEK', 'number'],
  ['p_alive', 'share', 'number'], ['keep_value', 'SEK', 'number'], ['stance_probability', 'share', 'number'], ['orders_12m', 'count', 'number'],
  ['kind', 'text', 'word'], ['segment', 'text', 'word'], ['region', 'text', 'word'], ['unit_id', 'text', 'text'], ['relation', 'text', 'word'], ['acquired_on', 'text', 'date'],
];

export function columns(lang: Lang): CustomerColumn[] {
  return COLUMNS.map(([key, unit, kind]) => ({
    key, unit, kind, label: LABELS[lang][key] ?? key, filterable: true, sortable: true,
    ...(kind === 'word' ? { words: wordsOf(key, lang) } : {}),
  }));
}

function wordsOf(key: string, lang: Lang): { value: string; label: string }[] {
  const values = new Set(KEPT.map((one) => rowOf(one)[key]).filter((value) => typeof value === 'string'));
  return [...values].sort().map((value) => ({ value, label: said(key, value, lang) }));
}

function said(key: string, value: string, lang: Lang): string {
  if (key === 'kind') return { person: { sv: 'privatperson', en: 'person' }, company: { sv: 'företag', en: 'company' } }[value]?.[lang] ?? value;
  return words(lang)[`${key}.${value}`] ?? words(lang)[value] ?? value;
}

function rowOf(one: Kept): CustomerRow {
  const { customer, scores } = one;
  const row: CustomerRow = { satisfaction: one.satisfaction };
  for (const [key] of COLUMNS) if (key !== 'satisfaction') row[key] = customer[key] ?? scores[key] ?? null;
  return row;
}

/** The n-th customer: a real one, or a real one moved a little. */
function nth(n: number): CustomerRow {
  const base = rowOf(KEPT[n % KEPT.length] as Kept);
  const round = Math.floor(n / KEPT.length);
  if (round === 0) return base;
  const wobble = 0.75 + ((n * 2654435761) % 1000) / 2000;
  const row: CustomerRow = { ...base, customer_id: `K${String(n + 100_000).padStart(7, '0')}` };
  for (const key of ['value', 'profit_12m', 'revenue_12m', 'margin_12m', 'cost_to_serve_12m', 'keep_value']) {
    const value = base[key];
    if (typeof value === 'number') row[key] = value * wobble;
  }
  if (typeof base.satisfaction === 'number') row.satisfaction = Math.min(10, Math.max(1, base.satisfaction + (Math.round(wobble * 97) % 3) - 1));
  return row;
}

let all: CustomerRow[] | null = null;

function everyone(): CustomerRow[] {
  all ??= Array.from({ length: SIZE }, (_, n) => nth(n));
  return all;
}

let last: { asked: string; found: CustomerRow[] } | null = null;

export function selected(query: URLSearchParams): CustomerRow[] {
  const asked = [...query.getAll('where'), query.get('q'), query.get('sort')].join('\n');
  if (last?.asked !== asked) last = { asked, found: sorted(query) };
  return last.found;
}

function sorted(query: URLSearchParams): CustomerRow[] {
  const filters = parseFilters(query.getAll('where'));
  const wanted = query.get('q')?.toLocaleLowerCase();
  const sort = parseSort(query.get('sort') ?? undefined);
  const found = everyone().filter(
    (row) =>
      (!wanted || `${row.customer_id} ${row.name}`.toLocaleLowerCase().includes(wanted)) &&
      filters.every(({ column, op, value }) => passes(row[column] ?? null, op, value)),
  );
  if (!sort) return found;
  const sign = sort.descending ? -1 : 1;
  return [...found].sort((a, b) => sign * compared(a[sort.column] ?? null, b[sort.column] ?? null));
}

function passes(cell: CustomerRow[string], op: string, value: string): boolean {
  if (op === 'missing') return (cell === null || cell === undefined) === (value !== 'false');
  if (cell === null || cell === undefined) return false;
  if (op === 'contains') return String(cell).toLocaleLowerCase().includes(value.toLocaleLowerCase());
  if (op === 'in') return value.split(',').includes(String(cell));
  if (op === 'eq') return String(cell) === value;
  const order = typeof cell === 'number' ? cell - Number(value) : String(cell).localeCompare(value);
  return { lt: order < 0, le: order <= 0, gt: order > 0, ge: order >= 0 }[op] ?? false;
}

function compared(a: CustomerRow[string], b: CustomerRow[string]): number {
  if (a === null || b === null) return a === b ? 0 : a === null ? -1 : 1;
  return typeof a === 'number' && typeof b === 'number' ? a - b : String(a).localeCompare(String(b), 'sv');
}

export function customerView(id: string, run: string, lang: Lang): CustomerView | null {
  const one = KEPT.find((candidate) => candidate.customer.customer_id === id);
  if (!one) return null;
  const row = rowOf(one);
  const figure = (key: string, unit: string): FigureView => figureOf(key, unit, row[key] ?? one.scores[key] ?? null, one, run, lang);
  const stance = typeof row.stance === 'string' ? row.stance : null;
  return {
    customer_id: id,
    customer: one.customer,
    scores: [figure('profit_12m', 'SEK'), figure('p_alive', 'share'), figure('satisfaction', 'points'), figure('keep_value', 'SEK')],
    run,
    events: one.events.map((event) => ({ ...event, label: EVENT[lang][event.table] ?? event.table, text: eventText(event, lang) })),
    profit: steps(one, lang),
    value: figure('value', 'SEK'),
    stance: stance
      ? {
          proposed: stance, label: said('stance', stance, lang), probability: one.scores.stance_probability as number | null,
          reasons: [one.scores.reason, one.scores.lever].filter((key) => typeof key === 'string').map((key) => words(lang)[key] ?? key),
          decided: null,
        }
      : null,
    risks: risks(one, lang),
  };
}

function figureOf(key: string, unit: string, value: unknown, one: Kept, run: string, lang: Lang): FigureView {
  const number = typeof value === 'number' ? value : null;
  const [lower, upper] = key === 'value' ? [one.scores.value_lower as number | null, one.scores.value_upper as number | null] : [null, null];
  return {
    key: `customer.${key}`, label: LABELS[lang][key] ?? key, value: number, lower, upper, level: lower === null ? null : 0.9, unit, n: 1, grade: null,
    method: key, cautions: [], as_of: '2026-06-30', run, definition: LABELS[lang][key] ?? key,
    text: number === null ? (lang === 'sv' ? 'kan inte sägas' : 'cannot be told') : inUnit(number, unit, lang),
    interval_text: lower === null || upper === null ? null : `${inUnit(lower, unit, lang)} – ${inUnit(upper, unit, lang)}`,
  };
}

const EVENT: Record<Lang, Record<string, string>> = {
  sv: { orders: 'Köp', contracts: 'Avtal', interactions: 'Kundmöte', answers: 'Svar', asked: 'Tillfrågad', incidents: 'Incident', exposures: 'Aktivitet', promises_kept: 'Löfte', referrals: 'Rekommendation', club_entries: 'Klubb' },
  en: { orders: 'Purchase', contracts: 'Contract', interactions: 'Meeting', answers: 'Answer', asked: 'Asked', incidents: 'Incident', exposures: 'Activity', promises_kept: 'Promise', referrals: 'Referral', club_entries: 'Club' },
};

function eventText({ table, row }: Kept['events'][number], lang: Lang): string {
  const part = (key: string) => (row[key] === undefined ? '' : String(row[key]).replaceAll('_', ' '));
  if (table === 'orders') return `${inUnit(Number(row.net_amount), 'SEK', lang)}, ${part('channel')}`;
  if (table === 'contracts') return `${inUnit(Number(row.monthly_amount), 'SEK', lang)}/${lang === 'sv' ? 'månad' : 'month'}`;
  if (table === 'answers') return part('text') || `${part('question')}: ${part('value')} (${part('scale_min')}–${part('scale_max')})`;
  if (table === 'interactions') return `${part('reason')}, ${part('channel')}, ${part('minutes')} min`;
  if (table === 'incidents') return `${part('kind')}. ${part('our_account')}`;
  if (table === 'exposures') return part('activity_id');
  if (table === 'promises_kept') return `${part('promise_key')}: ${row.kept ? (lang === 'sv' ? 'hölls' : 'kept') : lang === 'sv' ? 'bröts' : 'broken'}`;
  return part('wave') || part('channel');
}

function steps({ scores }: Kept, lang: Lang): StepView[] {
  const n = (key: string) => Number(scores[key] ?? 0);
  const step = (key: string, sv: string, en: string, amount: number, kind: string): StepView => ({ key, label: lang === 'sv' ? sv : en, amount, text: inUnit(amount, 'SEK', lang), kind });
  return [
    step('revenue', 'Intäkter', 'Revenue', n('revenue_12m'), 'total'),
    step('goods', 'Varor och frakt', 'Goods and freight', n('margin_12m') - n('revenue_12m'), 'change'),
    step('margin', 'Täckningsbidrag', 'Margin', n('margin_12m'), 'total'),
    step('service', 'Servicekostnad', 'Cost to serve', -n('cost_to_serve_12m'), 'change'),
    step('direct', 'Direkt på kunden', 'Direct cost', -n('direct_12m'), 'change'),
    step('profit', 'Vinst', 'Profit', n('profit_12m'), 'total'),
  ];
}

function risks({ events, scores }: Kept, lang: Lang): CustomerView['risks'] {
  const found: CustomerView['risks'] = [];
  const open = events.filter((event) => event.table === 'interactions' && event.row.resolved === false).length;
  if (open > 0) found.push({ key: 'unresolved', severity: 'high', text: lang === 'sv' ? `${open} kundmöten utan lösning.` : `${open} meetings without a solution.` });
  if (Number(scores.p_alive) < 0.5) found.push({ key: 'dropout', severity: 'high', text: lang === 'sv' ? 'Har troligen redan slutat köpa.' : 'Has probably stopped buying.' });
  return found;
}
