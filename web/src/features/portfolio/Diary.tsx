// What has been decided, by whom, why, and what was thought of loyalty? The diary forgets nothing; an undo is written too.

import { decisions } from '@/api/queries';
import { moment } from '@/lib/dates';
import { count } from '@/lib/numbers';
import { Block } from '@/parts/Block';
import { type Stance, useUndoDecision } from '@/parts/DecisionForm';
import { useLocale } from '@/parts/useLocale';
import { Button } from '@/ui/Button';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';

export function Diary() {
  const { t } = useTranslation();
  const locale = useLocale();
  const { data } = useQuery(decisions());
  const undo = useUndoDecision();
  return (
    <Block title={t('diary.title')}>
      {!data?.items.length ? (
        <p className="mute">{t('diary.none')}</p>
      ) : (
        <ul className="rows">
          {data.items.map((made) => (
            <li key={made.id} className="diaryentry">
              <div>
                <strong>{t('diary.entry', { stance: t(`stance.${made.choice as Stance}`), n: count(made.count, locale) })}</strong>
                {made.undone && <span className="warn"> {t('diary.undone')}</span>}
                <p>{made.reason}</p>
                <p className="mute small">
                  {moment(made.at, locale)}, {made.by}. {t('decision.loyalty')}: {made.loyalty_line.unknown_signed ? t('diary.loyalty_unknown') : made.loyalty_line.estimate}
                </p>
              </div>
              {!made.undone && made.undo_until != null && (
                <Button small onClick={() => undo.mutate(made.id)}>
                  {t('act.undo')}
                </Button>
              )}
            </li>
          ))}
        </ul>
      )}
    </Block>
  );
}
