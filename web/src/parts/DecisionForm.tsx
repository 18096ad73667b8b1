// A person decides: what, why, who does it by when, and what it means for loyalty. The same form whatever it is about.

import { client, taken } from '@/api/client';
import { session } from '@/api/queries';
import type { DecisionCreate } from '@/api/types';
import { Button } from '@/ui/Button';
import { Check, Field } from '@/ui/Field';
import { useSay } from '@/ui/toasts';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { problemText } from './ProblemBox';

export interface Choice {
  value: string;
  label: string;
}

interface Props {
  /** What the decision is about, without what the person fills in. */
  about: Omit<DecisionCreate, 'reason' | 'loyalty_line' | 'choice' | 'doer' | 'due'>;
  /** Among what is chosen, when there is a choice. */
  choices?: { legend: string; needs: string; list: Choice[]; first?: string | undefined };
  /** Why this cannot be chosen now; null when it can. */
  refuse?: (choice: string) => string | null;
  /** Whether somebody must do it by a day. */
  doing?: boolean;
  /** What the analysis says of loyalty: to be kept, changed or crossed out. */
  suggested?: string | undefined;
  label?: string;
  /** What is said when it is done. */
  said: (count: number, choice: string) => string;
  onDone: () => void;
  children?: ReactNode;
}

export function DecisionForm({ about, choices, refuse, doing, suggested, label, said, onDone, children }: Props) {
  const { t } = useTranslation();
  const { data: me } = useQuery(session());
  const [choice, setChoice] = useState(choices?.first ?? '');
  const [reason, setReason] = useState('');
  const [doer, setDoer] = useState('');
  const [due, setDue] = useState('');
  const [estimate, setEstimate] = useState(suggested ?? '');
  const [unknown, setUnknown] = useState(false);
  const decide = useDecide(said, onDone);
  const missing = whyNot();

  return (
    <form
      className="form"
      onSubmit={(event) => {
        event.preventDefault();
        if (missing || decide.isPending) return;
        decide.mutate({
          ...about,
          ...(choices && { choice }),
          ...(doing && { doer: doer.trim(), due }),
          reason: reason.trim(),
          loyalty_line: unknown ? { unknown_signed: true } : { estimate: estimate.trim() },
        });
      }}
    >
      {children}
      {choices && (
        <fieldset>
          <legend>{choices.legend}</legend>
          {choices.list.map((one) => (
            <Check key={one.value} type="radio" name="choice" label={one.label} checked={choice === one.value} onChange={() => setChoice(one.value)} />
          ))}
        </fieldset>
      )}
      <Field label={t('decision.reason')} hint={about.subject === 'portfolio' ? t('decision.reason_hint') : t('decision.reason_hint_company')}>
        <textarea rows={3} value={reason} onChange={(event) => setReason(event.target.value)} />
      </Field>
      {doing && (
        <div className="two">
          <Field label={t('decision.doer')}>
            <input type="text" value={doer} autoComplete="off" onChange={(event) => setDoer(event.target.value)} />
          </Field>
          <Field label={t('decision.due')}>
            <input type="date" value={due} onChange={(event) => setDue(event.target.value)} />
          </Field>
        </div>
      )}
      <Field label={t('decision.loyalty')} hint={suggested ? t('decision.loyalty_suggested') : t('decision.loyalty_hint')}>
        <textarea rows={suggested ? 3 : 2} value={unknown ? '' : estimate} disabled={unknown} onChange={(event) => setEstimate(event.target.value)} />
      </Field>
      <Check label={t('decision.loyalty_unknown')} checked={unknown} onChange={() => setUnknown(!unknown)} />
      <p className="mute">{t('decision.signed', { by: me?.user.name ?? '' })}</p>
      {decide.error && (
        <p className="bad" role="alert">
          {problemText(decide.error, t('problem.unknown'))}
        </p>
      )}
      <div className="actions">
        <Button type="submit" look="main" unable={decide.isPending ? t('wait.saving') : missing}>
          {label ?? t('decision.decide')}
        </Button>
        {missing && <span className="mute small">{missing}</span>}
      </div>
    </form>
  );

  function whyNot(): string | null {
    if (choices && !choice) return choices.needs;
    const refused = refuse?.(choice);
    if (refused) return refused;
    if (!reason.trim()) return t('decision.needs_reason');
    if (doing && (!doer.trim() || !due)) return t('decision.needs_doing');
    if (!unknown && !estimate.trim()) return t('decision.needs_loyalty');
    return null;
  }
}

/** Decides at once and offers the undo; the server keeps both in its diary. */
function useDecide(said: Props['said'], onDone: () => void) {
  const { t } = useTranslation();
  const say = useSay();
  const again = useDecisionsAgain();
  const undo = useUndoDecision();
  return useMutation({
    mutationFn: (body: DecisionCreate) => taken(client.POST('/api/v1/decisions', { body })),
    onSuccess: async (made, sent) => {
      say(said(made.count, sent.choice ?? ''), { label: t('act.undo'), act: () => undo.mutate(made.id) });
      onDone();
      await again();
    },
  });
}

export function useUndoDecision() {
  const { t } = useTranslation();
  const say = useSay();
  const again = useDecisionsAgain();
  return useMutation({
    mutationFn: (id: string) => taken(client.DELETE('/api/v1/decisions/{id}', { params: { path: { id } } })),
    onSuccess: async () => {
      say(t('decision.undone'));
      await again();
    },
    onError: (error) => say(problemText(error, t('problem.unknown'))),
  });
}

function useDecisionsAgain(): () => Promise<void> {
  const queries = useQueryClient();
  return async () => {
    const touched = new Set(['decisions', 'coverage', 'customer', 'customers']);
    await queries.invalidateQueries({ predicate: (query) => touched.has(String(query.queryKey[1])) });
  };
}
