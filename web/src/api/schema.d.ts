/**
 * The HTTP contract in the form of openapi-typescript, written by hand
 * until crates/server/openapi.json is there; then `npm run api` makes this file.
 */

type Query = Record<string, string | string[] | number | boolean | undefined>;
type PathOf<P> = P extends undefined ? { path?: never } : { path: P };
interface Get<R, Q = Query, P = undefined> {
  parameters: { query?: Q; header?: never; cookie?: never } & PathOf<P>;
  requestBody?: never;
  responses: { 200: { content: { 'application/json': R } }; default: { content: { 'application/problem+json': components['schemas']['Problem'] } } };
}
interface Send<B, R, P = undefined> {
  parameters: { query?: Query; header?: never; cookie?: never } & PathOf<P>;
  requestBody: { content: { 'application/json': B } };
  responses: { 200: { content: { 'application/json': R } }; default: { content: { 'application/problem+json': components['schemas']['Problem'] } } };
}
interface Remove<P> {
  parameters: { query?: Query; header?: never; cookie?: never } & PathOf<P>;
  requestBody?: never;
  responses: { 204: { content?: never }; default: { content: { 'application/problem+json': components['schemas']['Problem'] } } };
}
type Id = { id: string };
type S = components['schemas'];

export interface paths {
  '/api/v1/status': { get: Get<S['Status']> };
  '/api/v1/session': { get: Get<S['SessionView']>; post: Send<S['SignIn'], S['SessionView']>; delete: Remove<undefined> };
  '/api/v1/session/user': { patch: Send<S['UserUpdate'], S['SessionView']> };
  '/api/v1/setup': { post: Send<S['SetUp'], S['SessionView']> };
  '/api/v1/runs': { get: Get<S['ListOfRunView']>; post: Send<S['RunCreate'], S['JobRef']> };
  '/api/v1/runs/{id}': { get: Get<S['RunView'], Query, Id> };
  '/api/v1/runs/{a}/changes/{b}': { get: Get<S['ListOfChangeView'], Query, { a: string; b: string }> };
  '/api/v1/reports/{word}': { get: Get<S['PageView'], Query, { word: string }> };
  '/api/v1/figures/{key}': { get: Get<S['FigureView'], Query, { key: string }> };
  '/api/v1/figures/{key}/rows': { get: Get<S['RowsView'], Query, { key: string }> };
  '/api/v1/customers': { get: Get<S['ListOfCustomerRow']> };
  '/api/v1/customers/columns': { get: Get<S['CustomerColumn'][]> };
  '/api/v1/customers/scatter': { get: Get<S['ScatterView']> };
  '/api/v1/customers/{id}': { get: Get<S['CustomerView'], Query, Id> };
  '/api/v1/views': { get: Get<S['ListOfSavedView']>; post: Send<S['SavedViewCreate'], S['SavedView']> };
  '/api/v1/views/{id}': { delete: Remove<Id> };
  '/api/v1/decisions': { get: Get<S['ListOfDecisionView']>; post: Send<S['DecisionCreate'], S['DecisionMade']> };
  '/api/v1/decisions/{id}': { delete: Remove<Id> };
  '/api/v1/portfolio/coverage': { get: Get<S['CoverageView']> };
  '/api/v1/uploads/{id}/proposal': { get: Get<S['ProposalView'], Query, Id> };
  '/api/v1/uploads/{id}/preview': { post: Send<S['PreviewCreate'], S['PreviewView'], Id> };
  '/api/v1/imports': { get: Get<S['ListOfImportView']>; post: Send<S['ImportCreate'], S['JobRef']> };
  '/api/v1/imports/{id}': { delete: Remove<Id> };
  '/api/v1/imports/{id}/rejects': { get: Get<S['ListOfRejectView'], Query, Id> };
  '/api/v1/jobs': { get: Get<S['ListOfJobView']> };
  '/api/v1/jobs/{id}': { get: Get<S['JobView'], Query, Id> };
  '/api/v1/glossary': { get: Get<S['ListOfTermView']> };
  '/api/v1/methods': { get: Get<S['MethodRef'][]> };
  '/api/v1/methods/{word}': { get: Get<S['MethodView'], Query, { word: string }> };
  '/api/v1/people': { get: Get<S['ListOfPersonView']>; post: Send<S['PersonCreate'], S['PersonView']> };
  '/api/v1/people/{id}': { patch: Send<S['PersonUpdate'], S['PersonView'], Id> };
  '/api/v1/tokens': { get: Get<S['ListOfTokenView']>; post: Send<S['TokenCreate'], S['TokenMade']> };
  '/api/v1/tokens/{id}': { delete: Remove<Id> };
  '/api/v1/units': { get: Get<S['ListOfUnitView']> };
  '/api/v1/audit': { get: Get<S['ListOfAuditView']> };
  '/api/v1/settings': { get: Get<S['SettingsView']>; patch: Send<S['SettingsUpdate'], S['SettingsView']> };
}

export interface components {
  schemas: {
    Problem: { type?: string; title: string; status: number; detail?: string; key?: string; run?: string; fields?: Record<string, string> };
    Status: { version: string; company: string; currency: string; languages: string[]; setup_needed: boolean; oidc_enabled: boolean; runs: number };
    UserView: { id: string; name: string; email: string; roles: string[]; unit_ids: string[]; language: string };
    SessionView: { user: S['UserView']; csrf: string; permissions: string[] };
    SignIn: { email: string; password: string };
    SetUp: { token: string; name: string; email: string; password: string };
    UserUpdate: { language?: string; name?: string; password?: string };
    CautionView: { key: string; text: string };
    FigureView: {
      key: string; label: string; value: number | null; lower: number | null; upper: number | null; level: number | null;
      unit: string; n: number; grade: string | null; method: string; cautions: S['CautionView'][];
      as_of: string; run: string; definition: string; text: string; interval_text: string | null;
    };
    Column: { key: string; unit: string };
    Cell: 'none' | { number: number } | { range: number[] } | { text: string } | { key: string } | { said: { key: string; figures?: string[] } };
    TableView: { key: string; title: string; headings: string[]; columns: S['Column'][]; rows: S['Cell'][][]; cells: string[][]; numeric: boolean[] };
    PageView: {
      page: string; title: string; as_of: string; run: string; sentences: string[];
      figures: S['FigureView'][]; tables: S['TableView'][]; cautions: S['CautionView'][];
    };
    RowsView: { columns: string[]; rows: (string | number | boolean | null)[][]; sql: string; total?: number | null; next_cursor?: string | null };
    RunView: {
      id: string; as_of: string; made_at: string; ledger_version: number; program_version: string; seed: number;
      computed: string[]; missing: { capability: string; needs: string }[]; latest: boolean;
    };
    ListOfRunView: { items: S['RunView'][]; next_cursor: string | null; total: number | null };
    ChangeView: { key: string; label: string; unit: string; before: S['FigureView'] | null; after: S['FigureView'] | null; change: number | null; reasons: string[] };
    ListOfChangeView: { items: S['ChangeView'][]; next_cursor: string | null; total: number | null };
    RunCreate: { as_of?: string; only?: string[] };
    JobRef: { job: string };
    JobView: {
      id: string; kind: string; state: string; progress: { done: number; total: number; text: string } | null;
      result?: Record<string, unknown> | null; problem?: S['Problem'] | null;
    };
    ListOfJobView: { items: S['JobView'][]; next_cursor: string | null; total: number | null };
    CustomerColumn: { key: string; label: string; unit: string; kind: string; filterable: boolean; sortable: boolean; words?: { value: string; label: string }[] };
    CustomerRow: Record<string, string | number | boolean | null>;
    ListOfCustomerRow: { items: S['CustomerRow'][]; next_cursor: string | null; total: number | null };
    ScatterView: { x: (number | null)[]; y: (number | null)[]; color: (string | null)[]; customer_id: string[]; total: number; shown: number };
    EventView: { on: string; table: string; label: string; text: string; row: Record<string, unknown> };
    StepView: { key: string; label: string; amount: number; text: string; kind: string };
    CustomerView: {
      customer_id: string; customer: Record<string, string | number | boolean | null>; scores: S['FigureView'][]; run: string | null;
      events: S['EventView'][]; profit: S['StepView'][]; value: S['FigureView'] | null;
      stance: { proposed: string | null; label: string | null; probability: number | null; reasons: string[]; decided: S['DecisionView'] | null } | null;
      risks: { key: string; text: string; severity: string }[];
    };
    SavedView: { id: string; page: string; name: string; query: string; shared: boolean; mine: boolean };
    SavedViewCreate: { page: string; name: string; query: string; shared: boolean };
    ListOfSavedView: { items: S['SavedView'][]; next_cursor: string | null; total: number | null };
    LoyaltyLine: { estimate?: string; unknown_signed?: boolean };
    DecisionCreate: {
      subject: string; customer_ids?: string[]; where?: string[]; choice: string; reason: string;
      loyalty_line: S['LoyaltyLine']; run: string; reviewed: string[];
    };
    DecisionMade: { id: string; count: number; undo_until: string };
    DecisionView: {
      id: string; at: string; by: string; choice: string; reason: string; count: number;
      loyalty_line: S['LoyaltyLine']; run: string; undo_until: string | null; undone: boolean; customer_ids?: string[];
    };
    ListOfDecisionView: { items: S['DecisionView'][]; next_cursor: string | null; total: number | null };
    CoverageView: { customers: number; decided: number; value_decided_share: number | null; by_stance: { stance: string; customers: number; decided: number }[] };
    UploadView: { id: string; files: { name: string; size: number; table_guess: string | null }[] };
    ProposalView: {
      mapping: string;
      tables: { file: string; table: string; headings: string[]; columns: { target: string; source: string | null; note: string | null; required: boolean }[]; unmapped: string[] }[];
    };
    PreviewCreate: { mapping: string };
    RejectView: { file: string; line: number; column: string | null; reason: string; text: string };
    ListOfRejectView: { items: S['RejectView'][]; next_cursor: string | null; total: number | null };
    PreviewView: {
      tables: { table: string; columns: string[]; rows: (string | number | boolean | null)[][]; read: number; accepted: number; rejected: number }[];
      rejects: S['RejectView'][];
    };
    ImportCreate: { upload: string; mapping: string };
    ImportView: { id: string; at: string; version: number; tables: Record<string, { added: number; replaced: number; rejected: number }>; by: string; undone: boolean; latest: boolean };
    ListOfImportView: { items: S['ImportView'][]; next_cursor: string | null; total: number | null };
    TermView: { term: string; sv: string; en: string; means: string; group?: string };
    ListOfTermView: { items: S['TermView'][]; next_cursor: string | null; total: number | null };
    MethodRef: { word: string; title: string };
    MethodView: { title: string; markdown: string };
    PersonView: { id: string; name: string; email: string; roles: string[]; unit_ids: string[]; active: boolean; version: number; last_seen_at?: string | null };
    ListOfPersonView: { items: S['PersonView'][]; next_cursor: string | null; total: number | null };
    PersonCreate: { name: string; email: string; roles: string[]; unit_ids: string[]; password?: string };
    PersonUpdate: { name?: string; roles?: string[]; unit_ids?: string[]; active?: boolean; version: number };
    TokenView: { id: string; name: string; scopes: string[]; made_at: string; expires_at: string | null; last_used_at: string | null };
    ListOfTokenView: { items: S['TokenView'][]; next_cursor: string | null; total: number | null };
    TokenCreate: { name: string; scopes: string[]; days?: number };
    TokenMade: { id: string; secret: string };
    UnitView: { id: string; name: string; parent_id: string | null };
    ListOfUnitView: { items: S['UnitView'][]; next_cursor: string | null; total: number | null };
    AuditView: { id: string; at: string; who: string; what: string; subject: string; text: string };
    ListOfAuditView: { items: S['AuditView'][]; next_cursor: string | null; total: number | null };
    SettingsView: {
      company: string; currency: string; time_zone: string; version: number;
      analysis: { discount_rate: number; horizon_months: number; level: number; assumed_margin_share: number | null };
    };
    SettingsUpdate: { company?: string; time_zone?: string; analysis?: Partial<S['SettingsView']['analysis']>; version: number };
  };
  responses: never;
  parameters: never;
  requestBodies: never;
  headers: never;
  pathItems: never;
}
