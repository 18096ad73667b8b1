// The plan in figures, and the button that makes it a decision.

import type { FigureView, PageView } from '@/api/types';
import { spoken } from '@/lib/text';
import { Figure } from '@/parts/FigureStrip';
import { ProblemBox } from '@/parts/ProblemBox';
import { Button } from '@/ui/Button';
import { useTranslation } from 'react-i18next';

interface Props {
  page: PageView;
  changed: boolean;
  waiting: boolean;
  error: unknown;
  clear: () => void;
}

export function Answer({ page, changed, waiting, error, clear }: Props) {
  const { t } = useTranslation();
  const named = (key: string) => page.figures.find((figure) => figure.key === `allocation.${key}`);
  const figures = ['net', 'gain', 'asked_money', 'moved', 'survives'].map(named).filter((figure): figure is FigureView => figure !== undefined);
  const [sentence] = page.sentences;
  return (
    <aside className="card whatifnet" aria-label={t('reallocation.plan')} aria-busy={waiting}>
      <h2>{changed ? t('reallocation.plan_asked') : t('reallocation.plan')}</h2>
      {error !== null && error !== undefined ? (
        <ProblemBox error={error} whole={false} />
      ) : (
        <>
          {changed && sentence && <p aria-live="polite">{spoken(sentence)}</p>}
          <div className="rows">
            {figures.map((figure) => (
              <Figure key={figure.key} figure={figure} />
            ))}
          </div>
          {rest(page).map((one) => (
            <p key={one} className="small">
              {spoken(one)}
            </p>
          ))}
        </>
      )}
      {changed && (
        <div className="actions">
          <Button onClick={clear}>{t('reallocation.clear')}</Button>
        </div>
      )}
    </aside>
  );
}

/** As many moves as the program tells in sentences; here they stand in a list of their own. */
const MOST_TOLD = 4;

/** The same value for less, the next krona, what is not judged. */
function rest(page: PageView): string[] {
  const moves = page.tables.find((table) => table.key === 'allocation.moves')?.rows.length ?? 0;
  return page.sentences.slice(1 + Math.min(MOST_TOLD, moves));
}
