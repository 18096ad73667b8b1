// By which names does the screen speak of what the API sends?

import type { components } from './schema';

type S = components['schemas'];

export type Status = S['Status'];
export type SessionView = S['SessionView'];
export type FigureView = S['FigureView'];
export type CautionView = S['CautionView'];
export type RowsView = S['RowsView'];
export type RunView = S['RunView'];
export type ChangeView = S['Change'];
export type ChangesView = S['ChangesView'];
export type JobView = S['JobView'];
export type CustomerColumn = S['CustomerColumn'];
export type StepView = S['StepView'];
export type SavedView = S['SavedView'];
export type DecisionCreate = S['DecisionCreate'];
export type DecisionView = S['DecisionView'];
/** The question of a plan: money, and what is left alone. */
export interface PlanAsked {
  money?: number;
  lock: string[];
  keep: string[];
  cap: string[];
  process: string[];
}
export type CoverageView = S['CoverageView'];
export type UploadView = S['UploadView'];
export type ProposalView = S['ProposalView'];
export type PreviewView = S['PreviewView'];
export type RejectView = S['RejectView'];
export type ImportView = S['ImportView'];
export type TermView = S['Term'];
export type PersonView = S['PersonView'];
export type TokenView = S['TokenView'];
export type UnitView = S['UnitView'];
export type AuditView = S['AuditView'];
export type SettingsView = S['SettingsView'];
export type TrialView = S['TrialView'];
export type TrialPlanView = S['TrialPlanView'];
export type TrialDesignView = S['TrialDesignView'];
/** Some refusals never reached the server and have no number. */
export type Problem = Pick<S['Problem'], 'title' | 'status'> & Partial<S['Problem']>;

// What the document leaves open, said closer.

/** A cell of a report's table, as reports keep it. */
export type Cell = 'none' | { number: number } | { range: number[] } | { text: string } | { key: string } | { said: { key: string } };

export type TableView = Omit<S['TableView'], 'columns' | 'rows'> & { columns: { key: string; unit: string }[]; rows: Cell[][] };

export type PageView = Omit<S['PageView'], 'tables'> & { tables: TableView[] };

/** A customer in a list: the columns' keys and what they hold. */
export type CustomerRow = Record<string, string | number | boolean | null>;

export type ScatterView = Omit<S['Picture'], 'color'> & { color: (string | null)[] };

export type EventView = Omit<S['EventView'], 'row'> & { row: Record<string, unknown> };

export type CustomerView = Omit<S['CustomerView'], 'events'> & { events: EventView[] };
