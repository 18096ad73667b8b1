// Everything said, done and met, as a picture and as a list that can be narrowed.

import type { EventView } from '@/api/types';
import { type Lane, Lanes } from '@/charts/Lanes';
import { dayAndMonth, moment, year } from '@/lib/dates';
import { count } from '@/lib/numbers';
import { Block } from '@/parts/Block';
import { useAddress, useSetAddress } from '@/parts/search';
import { fileOf } from '@/lib/text';
import { useLocale } from '@/parts/useLocale';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { eventText } from './eventText';
import { type Happening, KINDS, type Kind, happenings } from './events';

const COLOR: Record<Kind, string> = { did: 'green', said: 'sun', met: 'leaf', fault: 'tomato-fill' };
const AT_FIRST = 30;

export function TimeLine({ events }: { events: EventView[] }) {
  const { t } = useTranslation();
  const locale = useLocale();
  const { kind } = useAddress();
  const set = useSetAddress();
  const [all, setAll] = useState(false);
  const every = useMemo(
    () => happenings(events, (event) => eventText(event, locale, (yes) => (yes ? t('timeline.kept') : t('timeline.broken')))),
    [events, locale, t],
  );
  const chosen = every.filter((one) => !kind || one.kind === kind);
  const shown = all ? chosen : chosen.slice(0, AT_FIRST);
  const lanes = KINDS.map((one): Lane => ({
    key: one,
    label: t(`timeline.${one}`),
    color: COLOR[one],
    events: every.filter((happening) => happening.kind === one).map((happening) => ({ on: happening.on, text: `${moment(happening.on, locale)}: ${happening.label}` })),
  }));
  return (
    <Block
      title={t('timeline.title')}
      linksLabel={t('timeline.narrow')}
      links={
        <>
          <button type="button" aria-pressed={!kind} onClick={() => set({ kind: undefined }, { replace: true })}>
            {t('timeline.all')}
          </button>
          {KINDS.map((one) => (
            <button key={one} type="button" aria-pressed={kind === one} onClick={() => set({ kind: one }, { replace: true })}>
              {t(`timeline.${one}`)}
            </button>
          ))}
        </>
      }
    >
      {every.length === 0 ? (
        <p className="mute">{t('timeline.none')}</p>
      ) : (
        <>
          <Lanes lanes={lanes} label={t('timeline.picture')} until={every[0]?.on ?? ''} />
          <ol className="timeline">
            {shown.map((happening, at) => (
              <Entry key={`${happening.on}-${at}`} happening={happening} newYear={year(happening.on) !== year(shown[at - 1]?.on ?? '')} />
            ))}
          </ol>
          {chosen.length > shown.length && (
            <button type="button" className="button" onClick={() => setAll(true)}>
              {t('timeline.more', { n: count(chosen.length - shown.length, locale) })}
            </button>
          )}
        </>
      )}
    </Block>
  );
}

function Entry({ happening, newYear }: { happening: Happening; newYear: boolean }) {
  const { t } = useTranslation();
  const locale = useLocale();
  const [first, ...rest] = happening.texts;
  const source = happening.rows[0]?.row;
  return (
    <li>
      {newYear && <h3 className="yearhead">{year(happening.on)}</h3>}
      <div className="entry">
        <span className="when mute">{dayAndMonth(happening.on, locale)}</span>
        <i className="mark" style={{ background: `var(--${COLOR[happening.kind]})` }} aria-hidden="true" />
        <div>
          <strong>{happening.label}</strong> <span>{first}</span>
          {rest.length > 0 && (
            <details>
              <summary className="mute small">{t('timeline.rows', { n: count(rest.length, locale) })}</summary>
              {rest.map((text, at) => (
                <p key={at}>{text}</p>
              ))}
            </details>
          )}
          {typeof source?._source === 'string' && (
            <span className="source mute small" title={source._source}>
              {fileOf(source._source)}:{String(source._line ?? '')}
            </span>
          )}
        </div>
      </div>
    </li>
  );
}
