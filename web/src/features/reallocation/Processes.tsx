// What may a whole process have, least and most?

import { exact, inUnit } from '@/lib/numbers';
import { Block } from '@/parts/Block';
import { useLocale } from '@/parts/useLocale';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { amountOf } from './Money';
import type { usePlan } from './plan';
import type { Place } from './read';

export function Processes({ places, plan }: { places: Place[]; plan: ReturnType<typeof usePlan> }) {
  const { t } = useTranslation();
  const locale = useLocale();
  const processes = [...new Map(places.map((place) => [place.process, place.processLabel]))];
  const sum = (process: string, of: (place: Place) => number) => places.filter((place) => place.process === process).reduce((all, place) => all + of(place), 0);
  const say = (value: number) => <span title={exact(value, 'money', locale)}>{inUnit(value, 'money', locale)}</span>;
  return (
    <Block title={t('reallocation.processes')}>
      {/* The region scrolls on a narrow screen. */}
      {/* eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
      <div className="tablebox" role="group" aria-label={t('reallocation.processes')} tabIndex={0}>
        <table>
          <thead>
            <tr>
              <th scope="col">{t('reallocation.process')}</th>
              <th scope="col" className="number">{t('reallocation.today')}</th>
              <th scope="col" className="number">{t('reallocation.then')}</th>
              <th scope="col" className="number">{t('reallocation.least')}</th>
              <th scope="col" className="number">{t('reallocation.most')}</th>
            </tr>
          </thead>
          <tbody>
            {processes.map(([process, label]) => (
              <tr key={process}>
                <th scope="row">{label}</th>
                <td className="number">{say(sum(process, (place) => place.today))}</td>
                <td className="number">{say(sum(process, (place) => place.then))}</td>
                <td className="number">
                  <Limit label={t('reallocation.least_for', { process: label })} value={plan.plan.processes[process]?.least} onLimit={(least) => plan.setLimits(process, { least })} />
                </td>
                <td className="number">
                  <Limit label={t('reallocation.most_for', { process: label })} value={plan.plan.processes[process]?.most} onLimit={(most) => plan.setLimits(process, { most })} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Block>
  );
}

/** Empty is no limit; what is no amount is marked and asks for nothing. */
function Limit({ label, value, onLimit }: { label: string; value: number | undefined; onLimit: (limit: number | undefined) => void }) {
  const [typed, setTyped] = useState<string>();
  const fault = typed !== undefined && typed.trim() !== '' && amountOf(typed) === null;
  return (
    <input
      type="text"
      inputMode="numeric"
      className="limitbox"
      aria-label={label}
      aria-invalid={fault || undefined}
      value={typed ?? (value === undefined ? '' : String(value))}
      onChange={(event) => {
        const text = event.target.value;
        setTyped(text);
        const amount = amountOf(text);
        if (text.trim() === '') onLimit(undefined);
        else if (amount !== null) onLimit(amount);
      }}
      onBlur={() => setTyped(undefined)}
    />
  );
}
