// How much money? The same, less, or anywhere along the line; what was asked for stands in the box.

import { Frontier } from '@/charts/Frontier';
import type { TableView } from '@/api/types';
import { decimal, inUnit, moneyScale, onAxis } from '@/lib/numbers';
import { ChartBlock } from '@/parts/ChartBlock';
import { useLocale } from '@/parts/useLocale';
import { Field } from '@/ui/Field';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { usePlan } from './plan';
import type { Point } from './read';

interface Props {
  points: Point[];
  table: TableView;
  plan: ReturnType<typeof usePlan>;
  today: number;
  run: string;
  kept: boolean;
}

const SAVINGS = [0.05, 0.1, 0.2];

export function Money({ points, table, plan, today, run, kept }: Props) {
  const { t } = useTranslation();
  const locale = useLocale();
  const asked = plan.plan.money ?? today;
  const scale = moneyScale(Math.max(...points.map((point) => point.money), 1), 'money', locale);
  const round = (value: number) => Math.round(value / 1000) * 1000;
  return (
    <ChartBlock title={t('reallocation.money')} table={table} word="allocation" run={run} live={!kept}>
      <div className="segments" role="group" aria-label={t('reallocation.way')}>
        <button type="button" className="quiet" aria-pressed={plan.plan.money === undefined} onClick={() => plan.setMoney(undefined)}>
          {t('reallocation.same_money')}
        </button>
        {SAVINGS.map((share) => (
          <button key={share} type="button" className="quiet" aria-pressed={asked === round(today * (1 - share))} onClick={() => plan.setMoney(round(today * (1 - share)))}>
            {t('reallocation.save', { share: decimal(100 * share, 0, locale) })}
          </button>
        ))}
      </div>
      <Frontier
        points={points.map((point) => ({ at: point.money, value: point.gain, lower: point.lower, upper: point.upper }))}
        label={t('reallocation.frontier_label')}
        xLabel={t('reallocation.x', { unit: scale.word })}
        yLabel={t('reallocation.y')}
        onX={scale.say}
        onY={(value) => onAxis(value, 'money', locale)}
        today={{ at: today, label: t('reallocation.today') }}
        handle={{ at: asked, label: t('reallocation.handle'), text: inUnit(asked, 'money', locale), onMove: (at) => plan.setMoney(round(at)) }}
      />
      <AmountBox value={asked} onAmount={(value) => plan.setMoney(value)} />
      <p className="small mute chartnote">{t('reallocation.frontier_note')}</p>
    </ChartBlock>
  );
}

/** A box that takes an amount as it is written; what is none stays in the box and asks for nothing. */
function AmountBox({ value, onAmount }: { value: number; onAmount: (value: number) => void }) {
  const { t } = useTranslation();
  const [typed, setTyped] = useState<string>();
  const fault = typed !== undefined && amountOf(typed) === null;
  return (
    <Field label={t('reallocation.box')} fault={fault ? t('reallocation.no_amount') : null}>
      <input
        type="text"
        inputMode="numeric"
        className="amountbox"
        value={typed ?? String(Math.round(value))}
        onChange={(event) => {
          setTyped(event.target.value);
          const amount = amountOf(event.target.value);
          if (amount !== null) onAmount(amount);
        }}
        onBlur={() => setTyped(undefined)}
      />
    </Field>
  );
}

/** Spaces are as good as none. */
export function amountOf(text: string): number | null {
  const amount = Number(text.replace(/[\s\u00a0]/g, '').replace(',', '.'));
  return text.trim() !== '' && Number.isFinite(amount) && amount >= 0 ? amount : null;
}
