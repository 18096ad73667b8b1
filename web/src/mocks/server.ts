// What does the API answer while the screen is written and tested? For development and tests only: no build holds this file.

import type { paths } from '@/api/schema';
import type { DecisionCreate, DecisionView, FigureView, PageView, PersonView, RunView, SavedView, SettingsView, TokenView, TrialPlanView } from '@/api/types';
import glossary from './fixtures/glossary.json';
import methodsEn from './fixtures/methods.en.json';
import methodsSv from './fixtures/methods.sv.json';
import reportsEn from './fixtures/reports.en.json';
import reportsSv from './fixtures/reports.sv.json';
import rowsKept from './fixtures/rows.json';
import choicesEn from './fixtures/choices.en.json';
import choicesSv from './fixtures/choices.sv.json';
import { columns, customerView, selected } from './customers';
import { preview, proposal } from './imports';
import { design, planned, trial } from './trials';

type Lang = 'sv' | 'en';
type Method = 'get' | 'post' | 'patch' | 'delete';
export interface Asked { method: string; url: URL; body: unknown }
export interface Answered { status: number; body?: unknown; events?: { event: string; data: unknown }[] }

/** What a path answers to a method, by the contract. */
type Body<P extends keyof paths, M extends Method> = paths[P] extends Record<M, { responses: infer Codes }> ? Json<Codes[keyof Codes & (200 | 201 | 202)]> : never;
type Json<A> = A extends { content: { 'application/json': infer R } } ? R : never;

const RUN = '2fa4de4cde45';
const BEFORE = '71c02b9e4f10';
const reports = (lang: Lang) => (lang === 'sv' ? reportsSv : reportsEn) as unknown as Record<string, PageView>;
/** Pages that the mock's run has beside those it says it has computed. */
const choices = (lang: Lang) => (lang === 'sv' ? choicesSv : choicesEn) as unknown as Record<string, PageView>;
const methods = (lang: Lang) => (lang === 'sv' ? methodsSv : methodsEn) as Record<string, { title: string; markdown: string }>;
const list = <T>(items: T[], total = items.length) => ({ items, next_cursor: null, total });

const counts = (added: number, replaced = 0, rejected = 0) => ({ read: added + replaced + rejected, added, replaced, unchanged: 0, rejected, left_out: 0 });

interface State {
  signedIn: boolean;
  setUpNeeded: boolean;
  empty: boolean;
  language: string;
  views: SavedView[];
  decisions: DecisionView[];
  people: PersonView[];
  tokens: TokenView[];
  imports: Body<'/api/v1/imports', 'get'>['items'];
  settings: SettingsView;
  trials: TrialPlanView[];
  count: number;
}

function fresh(): State {
  return {
    signedIn: true, setUpNeeded: false, empty: false, language: 'sv', views: [], decisions: [], trials: TRIALS, count: 1,
    people: [
      { language: 'sv', has_password: true, has_oidc: false, id: 'p1', name: 'Maria Lind', email: 'maria@rodbo.example', roles: ['administrator', 'management'], unit_ids: [], active: true, version: 1 },
      { language: 'sv', has_password: true, has_oidc: false, id: 'p2', name: 'Johan Ek', email: 'johan@rodbo.example', roles: ['analyst'], unit_ids: [], active: true, version: 1 },
      { language: 'sv', has_password: false, has_oidc: true, id: 'p3', name: 'Sara Holm', email: 'sara@rodbo.example', roles: ['customer_owner'], unit_ids: ['B06'], active: true, version: 1 },
    ],
    tokens: [{ mine: true, id: 't1', name: 'Ekonomisystemet', scopes: ['export'], made_at: '2026-05-02T08:00:00Z', expires_at: '2027-05-02T08:00:00Z', last_used_at: '2026-07-01T03:00:00Z' }],
    imports: [
      { id: '20260701T060000Z-bfa6982e', at: '2026-07-01T06:00:00Z', version: 1, by: 'Maria Lind', undone: false, latest: true, files: ['customers.csv', 'orders.csv', 'answers.csv'],
        tables: { customers: counts(5000), orders: counts(48211, 0, 12), answers: counts(22410) } },
    ],
    settings: { company: 'Rödbo Handel', currency: 'SEK', time_zone: 'Europe/Stockholm', version: 1, analysis: { discount_rate: 0.1, horizon_months: 60, level: 0.9, assumed_margin_share: null } },
  };
}

const TRIALS: TrialPlanView[] = [
  planned({ trial_id: 'samtal-2026', question: 'Får ett samtal i första veckan fler att köpa igen?', drawn_on: '2026-05-01', looks: 'any_time' }),
  planned({ trial_id: 'gava-2025', activity_id: 'AKT03', question: 'Köper de som får en gåva för mer?', outcome: 'contribution', drawn_on: '2025-06-01', smallest_effect: 50 }),
  planned({ trial_id: 'brev-2025', activity_id: 'AKT05', question: 'Ger nyhetsbrevet fler köp?', drawn_on: '2025-09-01' }),
];

let state = fresh();

/** Tests begin from the same state; `how` may make it an empty ledger or a first start. */
export function reset(how: Partial<Pick<State, 'signedIn' | 'setUpNeeded' | 'empty'>> = {}): void {
  state = { ...fresh(), ...how };
}

const PERMISSIONS = ['see_overview', 'see_customers', 'see_customer_details', 'decide', 'import', 'analyze', 'export', 'administer', 'see_audit', 'erase', 'see_methods'];

function runs(): RunView[] {
  if (state.empty) return [];
  const common = { program_version: '0.1.0', seed: 1, computed: Object.keys(reportsSv), missing: [] };
  return [
    { id: RUN, as_of: '2026-06-30', made_at: '2026-07-01T06:05:00Z', ledger_version: 1, latest: true, ...common },
    { id: BEFORE, as_of: '2026-03-31', made_at: '2026-04-01T06:05:00Z', ledger_version: 1, latest: false, ...common },
  ];
}

export function respond({ method, url, body }: Asked): Answered {
  const lang: Lang = url.searchParams.get('lang') === 'en' ? 'en' : 'sv';
  const path = url.pathname.replace('/api/v1', '');
  const verb = method.toLowerCase() as Method;
  if (path === '/mock') {
    reset(Object.fromEntries([...url.searchParams].map(([name, value]) => [name, value === 'true'])));
    return { status: 204 };
  }
  const open = path === '/status' || path === '/session' || path === '/setup';
  if (!open && !state.signedIn) return problem(401, 'not_signed_in', lang === 'sv' ? 'Du är inte inloggad.' : 'You are not signed in.');
  for (const route of ROUTES) {
    const found = route.pattern.exec(path);
    if (found && route.verb === verb) return route.answer({ lang, query: url.searchParams, body: body as never, parts: found.slice(1).map(decodeURIComponent) });
  }
  return problem(404, 'not_found', lang === 'sv' ? 'Sidan finns inte.' : 'There is no such page.');
}

interface Call { lang: Lang; query: URLSearchParams; body: never; parts: string[] }
interface Route { verb: Method; pattern: RegExp; answer: (call: Call) => Answered }

/** A route typed by the contract: its answer must be what the path promises. */
function on<P extends keyof paths, M extends Method>(verb: M, path: P, answer: (call: Call) => Body<P, M> | Answered): Route {
  const pattern = new RegExp(`^${path.replace('/api/v1', '').replace(/\{\w+\}/g, '([^/]+)')}$`);
  return {
    verb, pattern,
    answer: (call) => {
      const got = answer(call);
      return got && typeof got === 'object' && 'status' in got && typeof got.status === 'number' ? (got as Answered) : { status: 200, body: got };
    },
  };
}

const NO_CONTENT: Answered = { status: 204 };

function problem(status: number, key: string, title: string, detail?: string): Answered {
  return { status, body: { type: 'about:blank', title, status, detail, key } };
}

function sessionView(): Body<'/api/v1/session', 'get'> {
  return { user: { id: 'p1', name: 'Maria Lind', email: 'maria@rodbo.example', roles: ['administrator', 'management'], unit_ids: [], language: state.language }, csrf: 'mock', permissions: PERMISSIONS };
}

function pageOf(word: string, query: URLSearchParams, lang: Lang): PageView | null {
  const page = reports(lang)[word === 'management' ? 'overview' : word] ?? choices(lang)[word];
  if (!page) return null;
  const run = query.get('run') ?? RUN;
  if (run !== BEFORE) return { ...page, run };
  // The quarter before, so that every figure has something to have moved from.
  const figures = page.figures.map((figure, at) => ({ ...figure, value: figure.value === null ? null : figure.value * (1 - 0.012 * ((at % 4) - 1)) }));
  return { ...page, run, as_of: '2026-03-31', figures };
}

function figureOf(key: string, lang: Lang): FigureView | null {
  for (const page of Object.values(reports(lang))) {
    const found = page.figures.find((figure) => figure.key === key);
    if (found) return found;
  }
  return null;
}

const notComputed = (lang: Lang) =>
  problem(404, 'not_computed', lang === 'sv' ? 'Det finns ingen sådan rapport i körningen.' : 'The run has no such report.', lang === 'sv' ? 'Importera order eller avtal och starta en analys.' : 'Import orders or contracts and start an analysis.');

const ROUTES: Route[] = [
  on('get', '/api/v1/status', () => ({ version: '0.1.0', company: 'Rödbo Handel', currency: 'SEK', languages: ['sv', 'en'], setup_needed: state.setUpNeeded, oidc_enabled: true, runs: runs().length })),
  on('get', '/api/v1/session', ({ lang }) => (state.signedIn ? sessionView() : problem(401, 'not_signed_in', lang === 'sv' ? 'Du är inte inloggad.' : 'You are not signed in.'))),
  on('post', '/api/v1/session', ({ body, lang }) => {
    if ((body as { password: string }).password === 'wrong') return problem(401, 'wrong_password', lang === 'sv' ? 'Adressen eller lösenordet stämmer inte.' : 'The address or the password is wrong.');
    state.signedIn = true;
    return sessionView();
  }),
  on('delete', '/api/v1/session', () => { state.signedIn = false; return NO_CONTENT as never; }),
  on('patch', '/api/v1/session/user', ({ body }) => { state.language = (body as { language?: string }).language ?? state.language; return sessionView(); }),
  on('post', '/api/v1/setup', () => { state.setUpNeeded = false; state.signedIn = true; return sessionView(); }),
  on('post', '/api/v1/invitation', () => { state.signedIn = true; return sessionView(); }),
  on('post', '/api/v1/people/{id}/invitation', () => ({ invitation: 'mock-invitation' })),
  on('get', '/api/v1/runs', () => list(runs())),
  on('post', '/api/v1/runs', () => ({ status: 202, body: { job: 'analyze-1' } })),
  on('get', '/api/v1/runs/{id}', ({ parts }) => runs().find((run) => run.id === parts[0]) ?? problem(404, 'not_found', '')),
  on('get', '/api/v1/runs/{a}/changes/{b}', ({ lang }) => ({ ...list(changes(lang)), reasons: why(lang) })),
  on('get', '/api/v1/reports/{word}', ({ parts, query, lang }) => (state.empty ? notComputed(lang) : ((pageOf(parts[0] ?? '', query, lang) as never) ?? notComputed(lang)))),
  on('get', '/api/v1/reallocation', ({ query, lang }) => {
    const page = pageOf('allocation', query, lang);
    const money = Number(query.get('money') ?? NaN);
    if (!page) return notComputed(lang);
    if (money < 1e6) return problem(422, 'allocation.not_enough_money', lang === 'sv' ? 'Det räcker inte.' : 'It does not suffice.');
    const first = Number.isNaN(money) ? page.sentences[0] : `${money}`;
    return { ...page, sentences: [first ?? '', ...page.sentences.slice(1)] } as never;
  }),
  on('get', '/api/v1/figures/{key}', ({ parts, lang }) => figureOf(parts[0] ?? '', lang) ?? problem(404, 'unknown_figure', lang === 'sv' ? 'Siffran finns inte.' : 'There is no such figure.')),
  on('get', '/api/v1/figures/{key}/rows', ({ parts, query }) => {
    const all = (rowsKept as unknown as Record<string, { columns: string[]; rows: never[][]; total: number }>)[parts[0] ?? ''] ?? rowsKept['cost_to_serve.12m'];
    return { columns: all.columns, headings: all.columns.map((column) => column.replaceAll('_', ' ').trim()), rows: all.rows.slice(0, Number(query.get('limit') ?? 100)) as never, total: all.total, sql: 'select customer_id, day, amount, cost, _source, _line\nfrom ledger\nwhere day <= as_of', next_cursor: null };
  }),
  on('get', '/api/v1/customers/columns', ({ lang }) => columns(lang)),
  on('get', '/api/v1/customers/scatter', ({ query }) => scatter(query)),
  on('get', '/api/v1/customers', ({ query }) => {
    if (state.empty) return { ...list([]), run: null };
    const found = selected(query);
    const from = Number(query.get('cursor') ?? query.get('after') ?? 0);
    const limit = Math.min(500, Number(query.get('limit') ?? 100));
    const next = from + limit < found.length ? String(from + limit) : null;
    return { items: found.slice(from, from + limit), next_cursor: next, total: found.length, run: RUN };
  }),
  on('get', '/api/v1/customers/{id}', ({ parts, query, lang }) => {
    const view = customerView(parts[0] ?? '', query.get('run') ?? RUN, lang);
    if (!view) return problem(404, 'unknown_customer', lang === 'sv' ? 'Kunden finns inte.' : 'There is no such customer.');
    const decided = state.decisions.find((made) => !made.undone && made.customer_ids?.includes(view.customer_id)) ?? null;
    return (view.stance ? { ...view, stance: { ...view.stance, decided } } : view) as never;
  }),
  on('get', '/api/v1/views', ({ query }) => list(state.views.filter((view) => view.page === query.get('page')))),
  on('post', '/api/v1/views', ({ body }) => { const view = { ...(body as SavedView), id: `v${state.count++}`, mine: true }; state.views.push(view); return view; }),
  on('delete', '/api/v1/views/{id}', ({ parts }) => { state.views = state.views.filter((view) => view.id !== parts[0]); return NO_CONTENT as never; }),
  on('get', '/api/v1/decisions', ({ query }) => {
    const customer = query.get('customer_id');
    const subject = query.get('subject');
    return list(state.decisions.filter((made) => (!customer || made.customer_ids?.includes(customer)) && (!subject || made.subject === subject)));
  }),
  on('post', '/api/v1/decisions', ({ body, lang }) => decide(body, lang)),
  on('delete', '/api/v1/decisions/{id}', ({ parts }) => { state.decisions = state.decisions.map((made) => (made.id === parts[0] ? { ...made, undone: true } : made)); return NO_CONTENT as never; }),
  on('get', '/api/v1/portfolio/coverage', () => {
    const decided = state.decisions.filter((made) => !made.undone);
    const by = (stance: string) => decided.filter((made) => made.choice === stance).reduce((sum, made) => sum + made.count, 0);
    const done = decided.reduce((sum, made) => sum + made.count, 0);
    return { customers: 4399, decided: done, value_decided_share: done / 4399, number: decided.length, by_stance: [{ stance: 'grow', customers: 2566, decided: by('grow') }, { stance: 'refine', customers: 1068, decided: by('refine') }, { stance: 'stop', customers: 765, decided: by('stop') }] };
  }),
  { verb: 'post', pattern: /^\/uploads$/, answer: () => ({ status: 200, body: { id: 'u1', files: [{ name: 'kunder.csv', size: 48213, table_guess: 'customers' }, { name: 'order.csv', size: 912_440, table_guess: 'orders' }] } }) },
  on('get', '/api/v1/uploads/{id}/proposal', ({ lang }) => proposal(lang)),
  on('post', '/api/v1/uploads/{id}/preview', ({ body, lang }) => preview((body as { mapping: string }).mapping, lang) ?? problem(422, 'mapping_not_understood', lang === 'sv' ? 'Mappningen går inte att läsa.' : 'The mapping cannot be read.', lang === 'sv' ? 'Rad 3: ett citattecken saknas.' : 'Line 3: a quotation mark is missing.')),
  on('get', '/api/v1/imports', () => list(state.empty ? [] : state.imports)),
  on('post', '/api/v1/imports', () => {
    state.imports = [{ id: `20260702T08000${state.count++}Z-1c22`, at: '2026-07-02T08:00:00Z', version: state.imports.length + 1, by: 'Maria Lind', undone: false, latest: true, files: ['kunder.csv'], tables: { customers: counts(3, 1, 2) } }, ...state.imports.map((one) => ({ ...one, latest: false }))];
    return { status: 202, body: { job: 'import-1' } };
  }),
  on('get', '/api/v1/imports/{id}/rejects', ({ lang }) => list(preview('x = "', lang)?.rejects ?? [])),
  on('delete', '/api/v1/imports/{id}', ({ parts }) => { state.imports = state.imports.map((one, at) => (one.id === parts[0] ? { ...one, undone: true, latest: false } : { ...one, latest: at === 1 })); return NO_CONTENT as never; }),
  on('get', '/api/v1/jobs', () => list([])),
  { verb: 'get', pattern: /^\/jobs\/([^/]+)\/events$/, answer: ({ lang }) => ({ status: 200, events: jobEvents(lang) }) },
  on('get', '/api/v1/glossary', () => list(glossary)),
  on('get', '/api/v1/methods', ({ lang }) => Object.entries(methods(lang)).map(([word, { title }]) => ({ word, title }))),
  on('get', '/api/v1/methods/{word}', ({ parts, lang }) => methods(lang)[parts[0] ?? ''] ?? problem(404, 'not_found', lang === 'sv' ? 'Metoden finns inte.' : 'There is no such method.')),
  on('get', '/api/v1/people', () => list(state.people)),
  on('post', '/api/v1/people', ({ body }) => { const person = { ...(body as PersonView), id: `p${state.people.length + 1}`, active: true, version: 1 }; state.people.push(person); return person; }),
  on('patch', '/api/v1/people/{id}', ({ parts, body, lang }) => {
    const person = state.people.find((one) => one.id === parts[0]);
    if (!person) return problem(404, 'not_found', '');
    if ((body as PersonView).version !== person.version) return problem(409, 'changed_by_another', lang === 'sv' ? 'Någon annan har ändrat sedan du öppnade.' : 'Someone else has changed it since you opened it.');
    Object.assign(person, body as PersonView, { version: person.version + 1 });
    return { ...person };
  }),
  on('get', '/api/v1/tokens', () => list(state.tokens)),
  on('post', '/api/v1/tokens', ({ body }) => { const id = `t${state.tokens.length + 1}`; state.tokens.push({ ...(body as TokenView), id, made_at: '2026-07-02T08:00:00Z', expires_at: null, last_used_at: null }); return { id, secret: 'odla_mock_7Hq2cV' }; }),
  on('delete', '/api/v1/tokens/{id}', ({ parts }) => { state.tokens = state.tokens.filter((token) => token.id !== parts[0]); return NO_CONTENT as never; }),
  on('get', '/api/v1/units', () => list([{ id: 'SE', name: 'Sverige', kind: 'country', parent_id: null }, { id: 'B06', name: 'Butik 06 Umeå', kind: 'store', parent_id: 'SE' }, { id: 'B09', name: 'Butik 09 Västerås', kind: 'store', parent_id: 'SE' }, { id: 'KS', name: 'Kundservice', kind: 'store', parent_id: 'SE' }])),
  on('get', '/api/v1/trials', ({ lang }) => list(state.empty ? [] : [...state.trials].sort((a, b) => b.drawn_on.localeCompare(a.drawn_on)).map((plan) => trial(plan, lang)))),
  on('post', '/api/v1/trials/design', ({ body, lang }) => design(body as TrialPlanView, lang, state.trials)),
  on('post', '/api/v1/trials', ({ body, lang }) => {
    const plan = body as TrialPlanView;
    if (state.trials.some((other) => other.trial_id === plan.trial_id)) return problem(409, 'trial.exists', lang === 'sv' ? 'Försöket är lottat.' : 'The trial has been drawn.');
    state.trials = [...state.trials, plan];
    return { status: 201, body: { trial_id: plan.trial_id } };
  }),
  on('get', '/api/v1/audit', ({ lang }) => list([
    { id: 'a2', at: '2026-07-02T07:41:00Z', who: 'Maria Lind', what: 'session.opened', subject: 'p1', deed: lang === 'sv' ? 'Loggade in' : 'Signed in', about: 'Maria Lind', text: '' },
    { id: 'a1', at: '2026-07-01T06:00:00Z', who: 'Maria Lind', what: 'import.made', subject: '20260701T060000Z-bfa6982e', deed: lang === 'sv' ? 'Läste in filer' : 'Imported files', about: '20260701T060000Z-bfa6982e', text: lang === 'sv' ? 'liggarens version: 1' : 'version of the ledger: 1' },
  ])),
  on('get', '/api/v1/settings', () => state.settings),
  on('patch', '/api/v1/settings', ({ body }) => {
    const sent = body as Partial<SettingsView>;
    state.settings = { ...state.settings, ...sent, analysis: { ...state.settings.analysis, ...sent.analysis }, version: state.settings.version + 1 };
    return state.settings;
  }),
];

function scatter(query: URLSearchParams): Body<'/api/v1/customers/scatter', 'get'> {
  const found = state.empty ? [] : selected(query);
  const column = (name: string) => found.slice(0, 100_000).map((row) => row[query.get(name) ?? ''] ?? null);
  const shown = Math.min(found.length, 100_000);
  return { x: column('x') as never, y: column('y') as never, color: column('color') as never, customer_id: found.slice(0, shown).map((row) => String(row.customer_id)), total: found.length, shown };
}

function decide(body: unknown, lang: Lang): Answered {
  const sent = body as DecisionCreate;
  const ids = sent.customer_ids ?? [];
  const persons = ids.filter((id) => customerView(id, RUN, lang)?.customer.kind === 'person');
  const reviewed = sent.reviewed ?? [];
  if (sent.choice === 'stop' && ids.length > 1 && persons.some((id) => !reviewed.includes(id)))
    return problem(422, 'decisions.person_needs_review', lang === 'sv' ? 'Privatpersoner måste prövas en och en.' : 'Private persons must be looked at one by one.');
  const spot = (name: string | null | undefined) => (name ? { id: name, name: name.replace('minutes.', '') } : null);
  const moves = (sent.moves ?? []).map(({ from, to }) => ({ from: spot(from), to: spot(to), released: 100_000, spent: 100_000, value_change: 50_000, survives: 0.99 }));
  const minutes = (sent.minutes ?? []).map((text) => ({ reason: text.split('=')[0] ?? '', today: 9, then: Number(text.split('=')[1]) }));
  const made: DecisionView = {
    id: `d${state.count++}`, at: '2026-07-02T08:00:00Z', by: 'Maria Lind', subject: sent.subject, choice: sent.choice ?? '', reason: sent.reason, count: ids.length || moves.length || minutes.length || 1, reviewed: reviewed.length,
    loyalty_line: sent.loyalty_line ?? {}, run: sent.run ?? null, criteria: null, undo_until: '2026-07-03T08:00:00Z', undone: false, customer_ids: ids,
    doer: sent.doer ?? null, due: sent.due ?? null, minutes, moves, activity: sent.activity_id ? { id: sent.activity_id, name: sent.activity_id } : null, figures: [],
  };
  state.decisions.unshift(made);
  return { status: 200, body: { id: made.id, count: made.count, undo_until: made.undo_until } };
}

function changes(lang: Lang): Body<'/api/v1/runs/{a}/changes/{b}', 'get'>['items'] {
  return (reports(lang).overview?.figures ?? []).filter((figure) => figure.value !== null).map((figure, at) => {
    const factor = 1 - 0.012 * ((at % 4) - 1);
    const value = (figure.value ?? 0) * factor;
    return { key: figure.key, label: figure.label, unit: figure.unit, before: { ...figure, value }, after: figure, change: (figure.value ?? 0) - value, reasons: at % 4 === 1 ? [] : why(lang).slice(0, 1) };
  });
}

function why(lang: Lang): string[] {
  return lang === 'sv' ? ['Nytt as-of-datum: 30 juni 2026 i stället för 31 mars 2026.', '1 204 nya orderrader.'] : ['Another day: 30 June 2026 instead of 31 March 2026.', '1,204 new order lines.'];
}

function jobEvents(lang: Lang): { event: string; data: unknown }[] {
  const text = lang === 'sv' ? 'Läser order.csv' : 'Reading order.csv';
  const steps = [1, 2, 3, 4].map((done) => ({ event: 'progress', data: { done, total: 4, text } }));
  return [...steps, { event: 'done', data: { state: 'done', result: {} } }];
}
