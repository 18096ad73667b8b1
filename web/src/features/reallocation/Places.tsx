// Every place for money, today beside the proposal, and what may be done with it.

import type { TableView } from '@/api/types';
import { change, count, decimal, exact, inUnit } from '@/lib/numbers';
import { ChartBlock } from '@/parts/ChartBlock';
import { useLocale } from '@/parts/useLocale';
import { useTranslation } from 'react-i18next';
import { LOCKS, type Lock, type usePlan } from './plan';
import type { Place } from './read';

interface Props {
  places: Place[];
  table: TableView;
  plan: ReturnType<typeof usePlan>;
  run: string;
  kept: boolean;
}

export function Places({ places, table, plan, run, kept }: Props) {
  const { t } = useTranslation();
  const most = Math.max(1, ...places.flatMap((place) => [place.today, place.then]));
  return (
    <ChartBlock title={t('reallocation.places')} table={table} word="allocation" run={run} live={!kept}>
      <ul className="placerows">
        {places.map((place) => (
          <PlaceRow key={place.id} place={place} most={most} lock={plan.plan.locks[place.id] ?? 'free'} onLock={(lock) => plan.setLock(place.id, lock)} />
        ))}
      </ul>
      <p className="small mute chartnote">{t('reallocation.places_note')}</p>
    </ChartBlock>
  );
}

function PlaceRow({ place, most, lock, onLock }: { place: Place; most: number; lock: Lock; onLock: (lock: Lock) => void }) {
  const { t } = useTranslation();
  const locale = useLocale();
  const moved = place.then - place.today;
  const say = (value: number) => <span title={exact(value, 'money', locale)}>{inUnit(value, 'money', locale)}</span>;
  const bar = (value: number, kind: string) => (
    <svg className="picture placebar" viewBox="0 0 100 6" preserveAspectRatio="none" aria-hidden="true">
      <rect className={kind} x={0} y={0} width={(100 * value) / most} height={6} />
    </svg>
  );
  return (
    <li className={moved === 0 ? 'still' : undefined}>
      <div className="placename">
        <strong>{place.label}</strong>
        <span className="small mute">{place.processLabel}</span>
      </div>
      <div className="placebars">
        {bar(place.today, 'soft')}
        {bar(place.then, moved < 0 ? 'up' : 'total')}
      </div>
      <div className="placesums">
        <span>
          {say(place.today)} → <strong>{say(place.then)}</strong>
          {moved !== 0 && <span className="mute"> ({change(moved, 'money', locale)})</span>}
        </span>
        <span className="small mute">
          {place.hours && t('reallocation.hours', { from: count(place.hours[0], locale), to: count(place.hours[1], locale) })}
          {place.minutes && t('reallocation.minutes', { from: decimal(place.minutes[0], 1, locale), to: decimal(place.minutes[1], 1, locale) })}
          {!place.judged && t('reallocation.not_judged')}
          {place.judged && moved !== 0 && ` ${t('reallocation.gives', { gain: place.gain })}`}
        </span>
      </div>
      <select value={lock} aria-label={t('reallocation.lock_for', { place: place.label })} onChange={(event) => onLock(event.target.value as Lock)}>
        {LOCKS.map((one) => (
          <option key={one} value={one}>
            {t(`reallocation.locks.${one}`)}
          </option>
        ))}
      </select>
    </li>
  );
}
