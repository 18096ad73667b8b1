// How large must the trial be, and shall it be drawn? The plan is written down first; from the draw on it stands.

import { ProblemError, client, taken } from '@/api/client';
import { report, sizeOfTrial, status, units } from '@/api/queries';
import type { TrialPlanView } from '@/api/types';
import { day } from '@/lib/dates';
import { paths } from '@/lib/paths';
import { rowsOf, tableOf } from '@/parts/cells';
import { PageHead } from '@/parts/PageHead';
import { useMay } from '@/parts/permissions';
import { problemText } from '@/parts/ProblemBox';
import { useAddress } from '@/parts/search';
import { useLocale } from '@/parts/useLocale';
import { Button } from '@/ui/Button';
import { Dialog } from '@/ui/Dialog';
import { Check, Field } from '@/ui/Field';
import { StateBox } from '@/ui/StateBox';
import { useSay } from '@/ui/toasts';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { PlanFacts } from './PlanFacts';
import { Size } from './Size';
import { type Draft, FAULTS, type Fault, OUTCOMES, draftOf, isMoneyOutcome, isShare, nameOf, planOf } from './plan';

export function NewTrialPage() {
  const { t } = useTranslation();
  const may = useMay();
  const register = useQuery(report('activities'));
  const company = useQuery(status());
  if (!may('analyze') || !may('import')) return <StateBox whole title={t('trials.not_allowed')}><p>{t('trials.not_allowed_do')}</p></StateBox>;
  // The form waits for the day on which the ledger ends, and for nothing else.
  if (register.isPending || company.isPending) return null;
  const known = register.data && tableOf(register.data.tables, 'activities.list');
  const activities = (known ? rowsOf(known) : []).flatMap((row) => {
    const id = row.key('activities.activity');
    return id ? [{ id, name: row.text('activities.name') || id }] : [];
  });
  return <Form activities={activities} lastDay={register.data?.as_of ?? new Date().toISOString().slice(0, 10)} />;
}

const WAIT_MS = 400;

function Form({ activities, lastDay }: { activities: { id: string; name: string }[]; lastDay: string }) {
  const { t } = useTranslation();
  const locale = useLocale();
  const address = useAddress();
  const [draft, setDraft] = useState<Draft>(() => draftOf(address, lastDay, crypto.getRandomValues(new Uint32Array(1))[0] ?? 1));
  const [asked, setAsked] = useState<TrialPlanView | null>(null);
  const [looked, setLooked] = useState(false);
  const [sure, setSure] = useState(false);
  const made = planOf(draft);
  const text = made.plan ? JSON.stringify(made.plan) : '';
  // The size is asked for when somebody has stopped writing.
  useEffect(() => {
    const timer = setTimeout(() => setAsked(text ? (JSON.parse(text) as TrialPlanView) : null), WAIT_MS);
    return () => clearTimeout(timer);
  }, [text]);
  const size = useQuery({ ...sizeOfTrial(asked), enabled: asked !== null });
  const refusedField = size.error instanceof ProblemError ? Object.keys(size.error.problem.fields ?? {})[0] : undefined;
  const faultOf = (field: Fault) => {
    if (looked && made.fault === field) return t(`trials.faults.${field}`);
    if (refusedField === field && size.error) return FAULTS.includes(field) && field !== 'activity_id' ? t(`trials.faults.${field}`) : problemText(size.error, t('problem.unknown'));
    return null;
  };
  const set = (change: Partial<Draft>) => {
    setLooked(true);
    setDraft((before) => ({ ...before, ...change }));
  };
  const known = useQuery(units());
  const unit = isShare(draft.outcome) ? t('trials.units.share_points') : isMoneyOutcome(draft.outcome) ? t('trials.units.money') : t('trials.units.ratio');
  const unable = made.fault ? t(`trials.faults.${made.fault}`) : size.isFetching || !size.data ? t('trials.sizing') : (size.data.obstacles[0] ?? null);
  return (
    <>
      <PageHead
        name={t('trials.new')}
        crumb={
          <>
            <Link to={paths.trials}>{t('nav.pages.trials')}</Link> · {t('trials.new')}
          </>
        }
        sentence={t('trials.new_sentence')}
        because={t('trials.new_because')}
      />
      <div className="trialform">
        <form
          className="form wide"
          onSubmit={(event) => {
            event.preventDefault();
            setLooked(true);
            if (!unable) setSure(true);
          }}
        >
          <Field label={t('trials.activity')} hint={t('trials.activity_hint')} fault={faultOf('activity_id')}>
            {activities.length > 0 ? (
              <select value={draft.activity} onChange={(event) => set({ activity: event.target.value })}>
                <option value="">{t('trials.choose')}</option>
                {activities.map((one) => (
                  <option key={one.id} value={one.id}>
                    {one.name}
                  </option>
                ))}
                {draft.activity && !activities.some((one) => one.id === draft.activity) && <option value={draft.activity}>{draft.activity}</option>}
              </select>
            ) : (
              <input type="text" value={draft.activity} onChange={(event) => set({ activity: event.target.value })} />
            )}
          </Field>
          <Field label={t('trials.question')} hint={t('trials.question_hint')} fault={faultOf('question')}>
            <input type="text" value={draft.question} onChange={(event) => set({ question: event.target.value })} />
          </Field>
          <Field label={t('trials.measures')} hint={t(`trials.outcome_hints.${draft.outcome}`)}>
            <select value={draft.outcome} onChange={(event) => set({ outcome: event.target.value as Draft['outcome'], ...(event.target.value === 'stayed' ? { contract: 'yes' as const } : {}) })}>
              {OUTCOMES.map((one) => (
                <option key={one} value={one}>
                  {t(`trials.outcomes.${one}`)}
                </option>
              ))}
            </select>
          </Field>
          <div className="pair">
            <Field label={t('trials.smallest_in', { unit })} hint={t('trials.smallest_hint')} fault={faultOf('smallest_effect')}>
              <input type="text" inputMode="decimal" value={draft.smallest} onChange={(event) => set({ smallest: event.target.value })} />
            </Field>
            <Field label={t('trials.cost_each')} hint={t('trials.cost_hint')} fault={faultOf('cost_per_customer')}>
              <input type="text" inputMode="decimal" value={draft.cost} onChange={(event) => set({ cost: event.target.value })} />
            </Field>
            <Field label={t('trials.window_in_days')} hint={t('trials.window_hint')} fault={faultOf('window_days')}>
              <input type="number" min={1} max={3660} value={draft.window} onChange={(event) => set({ window: event.target.value })} />
            </Field>
            <Field label={t('trials.drawn_on')} hint={t('trials.drawn_hint', { day: day(lastDay, locale) })} fault={faultOf('drawn_on')}>
              <input type="date" value={draft.drawnOn} onChange={(event) => set({ drawnOn: event.target.value })} />
            </Field>
          </div>
          <fieldset>
            <legend>{t('trials.who')}</legend>
            <div className="pair">
              <Field label={t('trials.who_kind')}>
                <select value={draft.who} onChange={(event) => set({ who: event.target.value as Draft['who'] })}>
                  <option value="">{t('trials.anybody')}</option>
                  <option value="company">{t('trials.only_companies')}</option>
                  <option value="person">{t('trials.only_persons')}</option>
                </select>
              </Field>
              <Field label={t('trials.who_contract')} fault={faultOf('eligible.contract')}>
                <select value={draft.contract} onChange={(event) => set({ contract: event.target.value as Draft['contract'] })}>
                  <option value="">{t('trials.either')}</option>
                  <option value="yes">{t('trials.with_contract')}</option>
                  <option value="no">{t('trials.without_contract')}</option>
                </select>
              </Field>
              <Field label={t('trials.who_bought')} hint={t('trials.who_bought_hint')} fault={faultOf('eligible.bought_within_days')}>
                <input type="number" min={1} max={3660} value={draft.boughtWithin} onChange={(event) => set({ boughtWithin: event.target.value })} />
              </Field>
            </div>
            {known.data && known.data.items.length > 1 && (
              <details>
                <summary>{t('trials.who_units', { count: draft.units.length })}</summary>
                <div className="unitchoice">
                  {known.data.items.map((one) => (
                    <Check key={one.id} label={one.name} checked={draft.units.includes(one.id)} onChange={() => set({ units: draft.units.includes(one.id) ? draft.units.filter((other) => other !== one.id) : [...draft.units, one.id] })} />
                  ))}
                </div>
              </details>
            )}
          </fieldset>
          <fieldset>
            <legend>{t('trials.looks')}</legend>
            <Check type="radio" name="looks" label={t('trials.looks_once')} checked={!draft.anyTime} onChange={() => set({ anyTime: false })} />
            <Check type="radio" name="looks" label={t('trials.looks_any_time')} checked={draft.anyTime} onChange={() => set({ anyTime: true })} />
          </fieldset>
          <details>
            <summary>{t('trials.more')}</summary>
            <div className="pair">
              <Field label={t('trials.share_treated_in')} fault={faultOf('share_treated')}>
                <input type="number" min={1} max={99} value={draft.treated} onChange={(event) => set({ treated: event.target.value })} />
              </Field>
              <Field label={t('trials.name')} hint={t('trials.name_hint')} fault={faultOf('trial_id')}>
                <input type="text" value={draft.trialId} placeholder={nameOf(draft)} onChange={(event) => set({ trialId: event.target.value })} />
              </Field>
            </div>
            <Check label={t('trials.by_unit')} checked={draft.byUnit} onChange={() => set({ byUnit: !draft.byUnit })} />
            <Check label={t('trials.make_standing')} checked={draft.standing} onChange={() => set({ standing: !draft.standing })} />
          </details>
          <div className="actions">
            <Button type="submit" look="main" unable={unable}>
              {t('trials.draw')}
            </Button>
            {unable && <span className="mute small">{unable}</span>}
          </div>
        </form>
        <Size asked={asked} answer={size} outcome={draft.outcome} anyTime={draft.anyTime} />
      </div>
      <Dialog open={sure} onClose={() => setSure(false)} title={t('trials.draw_title')} closeLabel={t('act.close')}>
        {sure && made.plan && <Draw plan={made.plan} dueOn={size.data?.due_on} onBack={() => setSure(false)} />}
      </Dialog>
    </>
  );
}

/** What cannot be taken back is shown whole before it is done. */
function Draw({ plan, dueOn, onBack }: { plan: TrialPlanView; dueOn: string | undefined; onBack: () => void }) {
  const { t } = useTranslation();
  const say = useSay();
  const queries = useQueryClient();
  const navigate = useNavigate();
  const draw = useMutation({
    mutationFn: () => taken(client.POST('/api/v1/trials', { body: plan })),
    onSuccess: async (made) => {
      say(t('trials.drawn'));
      await queries.invalidateQueries({ predicate: (query) => query.queryKey[1] === 'trials' });
      await navigate({ to: paths.trial, params: { id: made.trial_id } });
    },
  });
  return (
    <div className="form wide">
      <p>{t('trials.draw_means')}</p>
      <PlanFacts plan={plan} dueOn={dueOn} />
      {draw.error && (
        <p className="bad" role="alert">
          {problemText(draw.error, t('problem.unknown'))}
        </p>
      )}
      <div className="actions">
        <Button look="main" unable={draw.isPending ? t('wait.saving') : null} onClick={() => draw.mutate()}>
          {t('trials.draw_now')}
        </Button>
        <Button onClick={onBack}>{t('trials.draw_not')}</Button>
      </div>
    </div>
  );
}
