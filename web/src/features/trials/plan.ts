// What has been filled in, and what plan does it make?

import type { TrialPlanView } from '@/api/types';
import { day } from '@/lib/dates';
import { type Locale, inUnit } from '@/lib/numbers';
import type { Search } from '@/parts/search';

export const OUTCOMES = ['bought', 'orders', 'net', 'contribution', 'stayed'] as const;
export type Outcome = (typeof OUTCOMES)[number];

/** As it stands in the boxes: numbers as text, shares in percent. */
export interface Draft {
  trialId: string;
  activity: string;
  question: string;
  outcome: Outcome;
  window: string;
  drawnOn: string;
  treated: string;
  byUnit: boolean;
  anyTime: boolean;
  smallest: string;
  cost: string;
  seed: number;
  standing: boolean;
  boughtWithin: string;
  contract: '' | 'yes' | 'no';
  who: '' | 'company' | 'person';
  units: string[];
}

/** The names that the server gives what is to be corrected. */
export type Fault = 'trial_id' | 'activity_id' | 'question' | 'window_days' | 'drawn_on' | 'share_treated' | 'smallest_effect' | 'cost_per_customer' | 'eligible.bought_within_days' | 'eligible.contract';

export const FAULTS: readonly Fault[] = ['trial_id', 'activity_id', 'question', 'window_days', 'drawn_on', 'share_treated', 'smallest_effect', 'cost_per_customer', 'eligible.bought_within_days', 'eligible.contract'];

/** What a link may have filled in; the rest is what most trials want. */
export function draftOf(address: Search, drawnOn: string, seed: number): Draft {
  const outcome = OUTCOMES.find((one) => one === address.outcome) ?? 'bought';
  return {
    trialId: '',
    activity: address.activity ?? '',
    question: address.question ?? '',
    outcome,
    window: address.window ?? '180',
    drawnOn,
    treated: address.standing ? '95' : '50',
    byUnit: false,
    anyTime: false,
    smallest: address.smallest ?? '',
    cost: address.cost ?? '',
    seed,
    standing: address.standing === 'yes',
    boughtWithin: outcome === 'stayed' ? '' : '365',
    contract: outcome === 'stayed' ? 'yes' : '',
    who: '',
    units: [],
  };
}

/** A name that files can bear: the activity and the day of the draw. */
export function nameOf(draft: Draft): string {
  if (draft.trialId) return draft.trialId;
  const plain = draft.activity
    .toLowerCase()
    .replaceAll(/[åä]/g, 'a')
    .replaceAll('ö', 'o')
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-+|-+$/g, '');
  return [plain.slice(0, 44), draft.drawnOn].filter(Boolean).join('-');
}

export function isShare(outcome: string): boolean {
  return outcome === 'bought' || outcome === 'stayed';
}

export function isMoneyOutcome(outcome: string): boolean {
  return outcome === 'net' || outcome === 'contribution';
}

/** A difference of the outcome as words. */
export function differenceIn(outcome: string, value: number, locale: Locale): string {
  return inUnit(value, isShare(outcome) ? 'share_points' : isMoneyOutcome(outcome) ? 'money' : 'ratio', locale);
}

/** The plan, or the first box that has to be filled in or mended. */
export function planOf(draft: Draft): { plan: TrialPlanView; fault: null } | { plan: null; fault: Fault } {
  const number = (text: string) => (text.trim() === '' ? Number.NaN : Number(text.replace(',', '.')));
  const smallest = number(draft.smallest) / (isShare(draft.outcome) ? 100 : 1);
  const [window, treated, cost, within] = [number(draft.window), number(draft.treated) / 100, number(draft.cost || '0'), number(draft.boughtWithin)];
  const whole = (value: number, most: number) => Number.isInteger(value) && value >= 1 && value <= most;
  const checks: [Fault, boolean][] = [
    ['activity_id', draft.activity.trim() !== ''],
    ['question', draft.question.trim() !== ''],
    ['smallest_effect', smallest > 0 && Number.isFinite(smallest)],
    ['window_days', whole(window, 3660)],
    ['drawn_on', /^\d{4}-\d{2}-\d{2}$/.test(draft.drawnOn)],
    ['share_treated', treated > 0 && treated < 1],
    ['cost_per_customer', cost >= 0 && Number.isFinite(cost)],
    ['eligible.bought_within_days', draft.boughtWithin.trim() === '' || whole(within, 3660)],
    ['eligible.contract', draft.outcome !== 'stayed' || draft.contract === 'yes'],
    ['trial_id', /^[a-z0-9-]{1,60}$/.test(nameOf(draft))],
  ];
  const wrong = checks.find(([, sound]) => !sound);
  if (wrong) return { plan: null, fault: wrong[0] };
  return {
    fault: null,
    plan: {
      trial_id: nameOf(draft),
      activity_id: draft.activity.trim(),
      question: draft.question.trim(),
      outcome: draft.outcome,
      window_days: window,
      drawn_on: draft.drawnOn,
      share_treated: treated,
      by_unit: draft.byUnit,
      looks: draft.anyTime ? 'any_time' : 'once',
      smallest_effect: smallest,
      level: 0.9,
      power: 0.8,
      cost_per_customer: cost,
      seed: draft.seed,
      standing: draft.standing,
      eligible: {
        bought_within_days: Number.isFinite(within) ? within : null,
        contract: draft.contract === '' ? null : draft.contract === 'yes',
        company: draft.who === '' ? null : draft.who === 'company',
        units: draft.units,
      },
    },
  };
}

/** How much more the other way of looking asks for: 1.18 means 18 % more customers. */
export function costOfLooking(once: number, anyTime: number): number {
  return once > 0 ? anyTime / once : 1;
}

export function dayOf(plan: TrialPlanView, locale: Locale): string {
  return day(plan.drawn_on, locale);
}
