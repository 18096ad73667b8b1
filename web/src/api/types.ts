// By which names does the screen speak of what the API sends?

import type { components } from './schema';

type S = components['schemas'];

export type Status = S['Status'];
export type SessionView = S['SessionView'];
export type FigureView = S['FigureView'];
export type CautionView = S['CautionView'];
export type TableView = S['TableView'];
export type Cell = S['Cell'];
export type PageView = S['PageView'];
export type RowsView = S['RowsView'];
export type RunView = S['RunView'];
export type ChangeView = S['ChangeView'];
export type JobView = S['JobView'];
export type CustomerColumn = S['CustomerColumn'];
export type CustomerRow = S['CustomerRow'];
export type ScatterView = S['ScatterView'];
export type CustomerView = S['CustomerView'];
export type EventView = S['EventView'];
export type StepView = S['StepView'];
export type SavedView = S['SavedView'];
export type DecisionCreate = S['DecisionCreate'];
export type DecisionView = S['DecisionView'];
export type CoverageView = S['CoverageView'];
export type UploadView = S['UploadView'];
export type ProposalView = S['ProposalView'];
export type PreviewView = S['PreviewView'];
export type RejectView = S['RejectView'];
export type ImportView = S['ImportView'];
export type TermView = S['TermView'];
export type PersonView = S['PersonView'];
export type TokenView = S['TokenView'];
export type UnitView = S['UnitView'];
export type AuditView = S['AuditView'];
export type SettingsView = S['SettingsView'];
export type Problem = S['Problem'];
