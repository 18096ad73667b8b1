// What would it give, all told: time saved against loyalty lost, over the months that one chooses.

import { whatIf } from '@/api/queries';
import type { FigureView, PageView } from '@/api/types';
import { decimal } from '@/lib/numbers';
import { capital, readable, spoken } from '@/lib/text';
import { Cautions } from '@/parts/Cautions';
import { Deciding } from '@/parts/Deciding';
import { Figure } from '@/parts/FigureStrip';
import { ProblemBox } from '@/parts/ProblemBox';
import { TableBlock } from '@/parts/ReportTable';
import { useAddress, useSetAddress } from '@/parts/search';
import { useLocale } from '@/parts/useLocale';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';

const HORIZONS = ['12m', '24m', '36m', ''] as const;

export function Net({ asked, run, changed }: { asked: Record<string, number>; run: string; changed: boolean }) {
  const { t } = useTranslation();
  const answer = useQuery({ ...whatIf(asked, run), enabled: changed });
  return (
    <aside className="card whatifnet" aria-label={t('whatif.net')} aria-busy={answer.isFetching}>
      {!changed && (
        <>
          <h2>{t('whatif.net')}</h2>
          <p className="mute">{t('whatif.begin')}</p>
        </>
      )}
      {changed && answer.error && <ProblemBox error={answer.error} />}
      {changed && answer.data && <Told page={answer.data} />}
      {changed && answer.data && !answer.error && <Decide page={answer.data} asked={asked} />}
    </aside>
  );
}

/** The minutes become a decision, with what is lost in customers as the first words of its loyalty line. */
function Decide({ page, asked }: { page: PageView; asked: Record<string, number> }) {
  const { t } = useTranslation();
  const locale = useLocale();
  const lost = page.figures.find((figure) => figure.key === 'whatif.value_lost');
  const told = lost?.value != null;
  const suggested = told ? t('decision.suggest', { label: lost.label, text: lost.text, interval: lost.interval_text ?? '' }) : undefined;
  return (
    <div className="actions">
      <Deciding
        key={`${JSON.stringify(asked)}${suggested}`}
        title={t('decision.title_minutes')}
        unable={told ? null : t('whatif.not_told')}
        about={{ subject: 'service_level', minutes: Object.entries(asked).map(([reason, minutes]) => `${reason}=${minutes}`), run: page.run }}
        suggested={suggested}
        said={(n) => t('decision.made_minutes', { count: n })}
      >
        <ul className="plainlist">
          {Object.entries(asked).map(([reason, minutes]) => (
            <li key={reason}>{t('decision.minutes_to', { reason: capital(readable(reason)), minutes: decimal(minutes, 1, locale) })}</li>
          ))}
        </ul>
      </Deciding>
    </div>
  );
}

function Told({ page }: { page: PageView }) {
  const { t } = useTranslation();
  const horizon = useAddress().horizon ?? '';
  const set = useSetAddress();
  const named = (key: string) => page.figures.find((figure) => figure.key === key);
  const net = named(horizon ? `whatif.net_${horizon}` : 'whatif.net');
  const parts = ['whatif.naive_saving', 'whatif.saving', 'whatif.value_lost'].map(named).filter((figure): figure is FigureView => figure !== undefined);
  const [sentence, ...more] = page.sentences;
  return (
    <>
      <h2>{t('whatif.net')}</h2>
      <div className="segments" role="group" aria-label={t('whatif.horizon')}>
        {HORIZONS.map((one) => (
          <button key={one} type="button" className="quiet" aria-pressed={one === horizon} onClick={() => set({ horizon: one || undefined }, { replace: true })}>
            {t(`whatif.horizons.${one || 'all'}`)}
          </button>
        ))}
      </div>
      {net && <Figure figure={net} />}
      {sentence && <p aria-live="polite">{spoken(sentence)}</p>}
      <div className="rows">
        {parts.map((figure) => (
          <Figure key={figure.key} figure={figure} />
        ))}
      </div>
      {more.map((one) => (
        <p key={one} className="small">
          {spoken(one)}
        </p>
      ))}
      <Cautions cautions={page.cautions} />
      {page.tables.map((table) => (
        <details key={table.key}>
          <summary>{table.title}</summary>
          <TableBlock table={table} word="service_level" run={page.run} />
        </details>
      ))}
    </>
  );
}
