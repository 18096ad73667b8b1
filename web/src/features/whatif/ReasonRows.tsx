// A reason, its cases, today's minutes, a slider with what has been seen, a box, and the best.

import { count, decimal } from '@/lib/numbers';
import { useLocale } from '@/parts/useLocale';
import { Button } from '@/ui/Button';
import type { CSSProperties } from 'react';
import { useTranslation } from 'react-i18next';
import { type Minutes, type Reason, endsOf } from './minutes';

interface Props {
  reasons: Reason[];
  minutes: Minutes;
  looked: string | undefined;
  onLook: (key: string) => void;
}

export function ReasonRows({ reasons, minutes, looked, onLook }: Props) {
  const { t } = useTranslation();
  return (
    <>
      <div className="actions whatifways">
        <Button onClick={() => minutes.setAll((reason) => reason.today / 2)}>{t('whatif.half')}</Button>
        <Button onClick={() => minutes.setAll((reason) => reason.best ?? reason.today)}>{t('whatif.best_all')}</Button>
        <Button unable={minutes.changed ? null : t('whatif.is_today')} onClick={minutes.clear}>
          {t('whatif.today_all')}
        </Button>
      </div>
      <ul className="whatifrows">
        {reasons.map((reason) => (
          <ReasonRow key={reason.key} reason={reason} minutes={minutes} looked={looked === reason.key} onLook={() => onLook(reason.key)} />
        ))}
      </ul>
      <p className="small mute chartnote">{t('whatif.note')}</p>
    </>
  );
}

function ReasonRow({ reason, minutes, looked, onLook }: { reason: Reason; minutes: Minutes; looked: boolean; onLook: () => void }) {
  const { t } = useTranslation();
  const locale = useLocale();
  const { low, high } = endsOf(reason);
  const asked = minutes.of(reason);
  const at = (value: number) => `${(100 * (value - low)) / (high - low)}%`;
  const outside = asked < reason.from || asked > reason.to;
  const set = (value: number) => {
    onLook();
    if (Number.isFinite(value) && value > 0) minutes.set(reason, value);
  };
  const marks = { '--from': at(reason.from), '--to': at(reason.to), '--today': at(reason.today), '--best': at(reason.best ?? low) } as CSSProperties;
  return (
    <li className={looked ? 'looked' : undefined}>
      <button type="button" className="link whatifname" onClick={onLook} aria-pressed={looked}>
        <strong>{reason.label}</strong>
        <span className="small mute">{t('whatif.cases', { n: count(reason.cases, locale), minutes: decimal(reason.today, 1, locale) })}</span>
      </button>
      <div className="whatifslide" style={marks}>
        <input
          type="range"
          min={low}
          max={high}
          step={0.5}
          value={Math.min(high, Math.max(low, asked))}
          aria-label={t('whatif.minutes_for', { reason: reason.label })}
          aria-valuetext={t('whatif.minutes_value', { n: decimal(asked, 1, locale) })}
          onChange={(event) => set(event.target.valueAsNumber)}
        />
        <span className="mark today" aria-hidden="true" />
        {reason.best !== null && <span className="mark best" aria-hidden="true" />}
      </div>
      <input
        type="number"
        className="whatifbox"
        min={0.5}
        step={0.5}
        value={Number(asked.toFixed(1))}
        aria-label={t('whatif.box_for', { reason: reason.label })}
        onChange={(event) => set(event.target.valueAsNumber)}
      />
      <span className="whatifbest">
        <span className="small mute">{t('whatif.best')}</span> {reason.bestText || '–'}
        {reason.bestRange && <span className="small mute">{reason.bestRange}</span>}
      </span>
      {outside && (
        <p className="small warn whatifoutside" role="status">
          {t('whatif.outside', { from: decimal(reason.from, 1, locale), to: decimal(reason.to, 1, locale) })}
        </p>
      )}
    </li>
  );
}
