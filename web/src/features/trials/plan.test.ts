// Does the form make the plan that was meant, and tell what is missing?

import { describe, expect, it } from 'vitest';
import { draftOf, nameOf, planOf } from './plan';

const filled = { ...draftOf({ activity: 'Välkomst samtal', question: 'Kommer fler tillbaka?', smallest: '2' }, '2026-06-30', 7), cost: '45,50' };

describe('a plan from a form', () => {
  it('counts percent points as shares and takes a decimal comma', () => {
    const { plan } = planOf(filled);
    expect(plan?.smallest_effect).toBeCloseTo(0.02, 12);
    expect(plan?.cost_per_customer).toBe(45.5);
    expect(plan?.trial_id).toBe('valkomst-samtal-2026-06-30');
    expect(plan?.eligible).toEqual({ bought_within_days: 365, contract: null, company: null, units: [] });
  });

  it('counts kronor as kronor', () => {
    expect(planOf({ ...filled, outcome: 'net', smallest: '120' }).plan?.smallest_effect).toBe(120);
  });

  it('says which box comes first', () => {
    expect(planOf(draftOf({}, '2026-06-30', 1)).fault).toBe('activity_id');
    expect(planOf({ ...filled, smallest: '-1' }).fault).toBe('smallest_effect');
    expect(planOf({ ...filled, window: '1.5' }).fault).toBe('window_days');
    expect(planOf({ ...filled, treated: '100' }).fault).toBe('share_treated');
    expect(planOf({ ...filled, trialId: '../up' }).fault).toBe('trial_id');
    expect(planOf({ ...filled, outcome: 'stayed', contract: '' }).fault).toBe('eligible.contract');
  });

  it('makes a name that files can bear of anything', () => {
    expect(nameOf({ ...filled, activity: ' Åäö / 24h! ' })).toBe('aao-24h-2026-06-30');
    expect(nameOf({ ...filled, activity: 'x'.repeat(200) }).length).toBeLessThanOrEqual(60);
  });
});
