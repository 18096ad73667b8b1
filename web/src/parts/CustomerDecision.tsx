// A person decides about customers: a stance; a private person is looked at before work on him or her stops.

import { useTranslation } from 'react-i18next';
import { DecisionForm } from './DecisionForm';

export const STANCES = ['grow', 'refine', 'stop'] as const;
export type Stance = (typeof STANCES)[number];

interface Props {
  customerIds: string[];
  reviewed: string[];
  run: string;
  first?: Stance | undefined;
  /** Why this stance cannot be chosen for these customers now; null when it can. */
  refuse?: (stance: Stance) => string | null;
  onDone: () => void;
}

export function CustomerDecision({ customerIds, reviewed, run, first, refuse, onDone }: Props) {
  const { t } = useTranslation();
  return (
    <DecisionForm
      about={{ subject: 'portfolio', customer_ids: customerIds, reviewed, run }}
      choices={{ legend: t('decision.choice'), needs: t('decision.needs_choice'), list: STANCES.map((stance) => ({ value: stance, label: t(`stance.${stance}`) })), first }}
      refuse={(choice) => refuse?.(choice as Stance) ?? null}
      {...(customerIds.length > 1 && { label: t('decision.decide_many', { n: customerIds.length }) })}
      said={(n, choice) => t('decision.made', { stance: t(`stance.${choice as Stance}`), n })}
      onDone={onDone}
    />
  );
}
