// A person decides: a stance, a reason and the loyalty line; a private person is looked at before work on him or her stops.

import { client, taken } from '@/api/client';
import type { DecisionCreate } from '@/api/types';
import { Button } from '@/ui/Button';
import { Check, Field } from '@/ui/Field';
import { useSay } from '@/ui/toasts';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { problemText } from './ProblemBox';

export const STANCES = ['grow', 'refine', 'stop'] as const;
export type Stance = (typeof STANCES)[number];

interface Props {
  customerIds: string[];
  reviewed: string[];
  run: string;
  by: string;
  first?: Stance | undefined;
  /** Why this stance cannot be chosen for these customers now; null when it can. */
  refuse?: (stance: Stance) => string | null;
  onDone: () => void;
}

export function DecisionForm({ customerIds, reviewed, run, by, first, refuse, onDone }: Props) {
  const { t } = useTranslation();
  const [choice, setChoice] = useState<Stance | ''>(first ?? '');
  const [reason, setReason] = useState('');
  const [estimate, setEstimate] = useState('');
  const [unknown, setUnknown] = useState(false);
  const decide = useDecide(onDone);
  const missing = whyNot();

  return (
    <form
      className="form"
      onSubmit={(event) => {
        event.preventDefault();
        if (missing || !choice) return;
        decide.mutate({
          subject: 'portfolio',
          customer_ids: customerIds,
          choice,
          reason: reason.trim(),
          loyalty_line: unknown ? { unknown_signed: true } : { estimate: estimate.trim() },
          run,
          reviewed,
        });
      }}
    >
      <fieldset>
        <legend>{t('decision.choice')}</legend>
        {STANCES.map((stance) => (
          <Check key={stance} type="radio" name="choice" label={t(`stance.${stance}`)} checked={choice === stance} onChange={() => setChoice(stance)} />
        ))}
      </fieldset>
      <Field label={t('decision.reason')} hint={t('decision.reason_hint')}>
        <textarea rows={3} value={reason} onChange={(event) => setReason(event.target.value)} />
      </Field>
      <Field label={t('decision.loyalty')} hint={t('decision.loyalty_hint')}>
        <textarea rows={2} value={estimate} disabled={unknown} onChange={(event) => setEstimate(event.target.value)} />
      </Field>
      <Check label={t('decision.loyalty_unknown')} checked={unknown} onChange={() => setUnknown(!unknown)} />
      <p className="mute">{t('decision.signed', { by })}</p>
      {decide.error && (
        <p className="bad" role="alert">
          {problemText(decide.error, t('problem.unknown'))}
        </p>
      )}
      <div className="actions">
        <Button type="submit" look="main" unable={decide.isPending ? t('wait.saving') : missing}>
          {customerIds.length > 1 ? t('decision.decide_many', { n: customerIds.length }) : t('decision.decide')}
        </Button>
        {missing && <span className="mute small">{missing}</span>}
      </div>
    </form>
  );

  function whyNot(): string | null {
    if (!choice) return t('decision.needs_choice');
    const refused = refuse?.(choice);
    if (refused) return refused;
    if (!reason.trim()) return t('decision.needs_reason');
    if (!unknown && !estimate.trim()) return t('decision.needs_loyalty');
    return null;
  }
}

/** Decides at once and offers the undo; the server keeps both in its diary. */
function useDecide(onDone: () => void) {
  const { t } = useTranslation();
  const say = useSay();
  const again = useDecisionsAgain();
  const undo = useUndoDecision();
  return useMutation({
    mutationFn: (body: DecisionCreate) => taken(client.POST('/api/v1/decisions', { body })),
    onSuccess: async (made, sent) => {
      say(t('decision.made', { stance: t(`stance.${sent.choice as Stance}`), n: made.count }), { label: t('act.undo'), act: () => undo.mutate(made.id) });
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
