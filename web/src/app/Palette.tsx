// Finds any page, customer or figure from the keyboard.

import { customers, report, runs } from '@/api/queries';
import { paths } from '@/lib/paths';
import { match } from '@/lib/text';
import { useMay } from '@/parts/permissions';
import { useSetAddress } from '@/parts/search';
import { Dialog } from '@/ui/Dialog';
import { useInfiniteQuery, useQueries, useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { type KeyboardEvent, type PointerEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useEntries } from './useEntries';

interface Hit {
  id: string;
  kind: 'page' | 'figure' | 'customer';
  label: string;
  aside: string;
  go: () => void;
}

export function Palette({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const [text, setText] = useState('');
  const [at, setAt] = useState(0);
  const hits = useHits(text.trim(), onClose);
  const chosen = Math.min(at, hits.length - 1);

  const onKey = (event: KeyboardEvent) => {
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault();
      const step = event.key === 'ArrowDown' ? 1 : -1;
      setAt((chosen + step + hits.length) % Math.max(1, hits.length));
    }
    if (event.key === 'Enter') {
      // Else the same press of the key would also push the button that what opens now puts in focus.
      event.preventDefault();
      hits[chosen]?.go();
    }
  };

  return (
    <Dialog open onClose={onClose} title={t('palette.title')} closeLabel={t('act.close')} quiet>
      <div className="palette">
        {/* The dialog was opened to be written in. */}
        <input
          type="search"
          role="combobox"
          aria-expanded="true"
          aria-controls="hits"
          aria-activedescendant={hits[chosen] ? `hit-${chosen}` : undefined}
          aria-label={t('palette.title')}
          placeholder={t('palette.placeholder')}
          value={text}
          autoComplete="off"
          // eslint-disable-next-line jsx-a11y/no-autofocus
          autoFocus
          onChange={(event) => {
            setText(event.target.value);
            setAt(0);
          }}
          onKeyDown={onKey}
        />
        <ul id="hits" role="listbox" aria-label={t('palette.hits')}>
          {hits.map((hit, number) => (
            // The keyboard moves in the box above; a mouse presses here.
            // eslint-disable-next-line jsx-a11y/click-events-have-key-events
            <li key={hit.id} id={`hit-${number}`} role="option" aria-selected={number === chosen} onClick={hit.go} onPointerMove={(event) => moved(event) && setAt(number)}>
              <span>{hit.label}</span>
              <span className="mute small">{hit.aside}</span>
            </li>
          ))}
        </ul>
        <p className="mute small" role="status">
          {hits.length === 0 ? t('palette.nothing') : t('palette.help')}
        </p>
      </div>
    </Dialog>
  );
}

/** A list that opens under a mouse at rest makes a move of no length; it must not choose. */
const moved = (event: PointerEvent) => event.movementX !== 0 || event.movementY !== 0;

function useHits(wanted: string, onClose: () => void): Hit[] {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const set = useSetAddress();
  const may = useMay();
  const entries = useEntries();
  const { data: known } = useQuery(runs());
  const words = known?.items.find((run) => run.latest)?.computed ?? [];
  const reports = useQueries({ queries: words.map((word) => report(word)) });
  const people = useInfiniteQuery({ ...customers({ q: wanted }, 6), enabled: wanted.length > 1 && may('see_customers') });

  const scored: (Hit & { score: number })[] = [];
  for (const entry of entries) {
    const score = match(entry.label, wanted);
    if (score > 0) scored.push({ id: entry.to, kind: 'page', label: entry.label, aside: t('palette.page'), score: score + 2, go: () => done(() => navigate({ to: entry.to })) });
  }
  if (wanted) {
    const seen = new Set<string>();
    for (const { data } of reports)
      for (const figure of data?.figures ?? []) {
        const score = match(figure.label, wanted);
        if (score === 0 || seen.has(figure.key)) continue;
        seen.add(figure.key);
        scored.push({ id: figure.key, kind: 'figure', label: figure.label, aside: figure.text, score, go: () => done(() => set({ figure: figure.key })) });
      }
    for (const row of people.data?.pages[0]?.items ?? []) {
      const id = String(row.customer_id);
      scored.push({ id: `c${id}`, kind: 'customer', label: String(row.name ?? id), aside: id, score: 1, go: () => done(() => navigate({ to: paths.customer, params: { id } })) });
    }
  }
  return scored.sort((a, b) => b.score - a.score).slice(0, 14);

  function done(go: () => unknown): void {
    onClose();
    go();
  }
}
