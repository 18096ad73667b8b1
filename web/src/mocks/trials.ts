// Which trials does the mock play? One that runs, one that works, one that shows nothing.

import type { TrialDesignView, TrialPlanView, TrialView } from '@/api/types';

const TODAY = '2026-06-30';

export function planned(change: Partial<TrialPlanView>): TrialPlanView {
  return {
    trial_id: 'x', activity_id: 'AKT01', question: '?', outcome: 'bought', window_days: 180, drawn_on: TODAY, share_treated: 0.5, by_unit: false, looks: 'once', smallest_effect: 0.03,
    level: 0.9, power: 0.8, cost_per_customer: 180, seed: 1, standing: false, eligible: { bought_within_days: 365, contract: null, company: null, units: [] }, ...change,
  };
}

export function trial(plan: TrialPlanView, lang: 'sv' | 'en'): TrialView {
  const due = later(plan.drawn_on, plan.window_days);
  const running = due > TODAY;
  const money = plan.outcome === 'contribution';
  const say = (sv: string, en: string) => (lang === 'sv' ? sv : en);
  const effect = money ? { value: 310, lower: 180, upper: 440, unit: 'money', text: '310 kr', interval_text: '180 kr – 440 kr', after_cost_text: '130 kr' } : { value: 0.004, lower: -0.011, upper: 0.019, unit: 'share_points', text: '+0,4 pe', interval_text: '−1,1 pe – +1,9 pe', after_cost_text: null };
  const verdict = running ? 'running' : money ? 'works' : 'no_effect';
  return {
    plan, due_on: due, treated: 1040, control: 1040, forgotten: 0, mark: '3f9a1c22b07d4e51',
    today: {
      as_of: TODAY,
      days_left: Math.max(0, Math.round((Date.parse(due) - Date.parse(TODAY)) / 864e5)),
      verdict,
      verdict_text: { running: say('pågår', 'running'), works: say('verkar', 'works'), no_effect: say('ingen effekt', 'no effect') }[verdict] ?? verdict,
      sentence: running ? `${plan.question} ${say('Vi vet senast den', 'We will know by')} ${due}.` : `${plan.question} ${money ? say('Ja', 'Yes') : say('Ingen effekt värd att veta', 'No effect worth knowing')}: ${effect.text} (${effect.interval_text}).`,
      treated: 1040, control: 1038, sample_ratio_p: 0.96, effect: running && plan.looks === 'once' ? null : effect, cautions: [],
    },
  };
}

export function design(plan: TrialPlanView, lang: 'sv' | 'en', drawn: TrialPlanView[]): TrialDesignView {
  const once = Math.round(5 / Math.max(1e-6, plan.smallest_effect) ** (plan.smallest_effect < 1 ? 2 : 0));
  const any = Math.round(once * 1.36);
  const needed = plan.looks === 'any_time' ? any : once;
  const exists = drawn.some((other) => other.trial_id === plan.trial_id);
  return {
    eligible: 8412, mean: 0.41, mean_text: '41,0 %', variance_removed: 0.12, likeness_within_units: plan.by_unit ? 0.01 : null, needed, needed_once: once, needed_any_time: any,
    detectable: 0.024, detectable_text: '+2,4 pe', smallest_text: '+3,0 pe', due_on: later(plan.drawn_on, plan.window_days), enough: needed <= 8412,
    obstacles: exists ? [lang === 'sv' ? 'Försöket är lottat; planen står fast.' : 'The trial has been drawn; its plan stands.'] : [],
  };
}

function later(day: string, days: number): string {
  return new Date(Date.parse(day) + days * 864e5).toISOString().slice(0, 10);
}
