// What has been decided, by whom, why, on which figures, and what was thought of loyalty? The diary forgets nothing; an undo is written too.

import { decisions } from '@/api/queries';
import type { DecisionView } from '@/api/types';
import { day, moment } from '@/lib/dates';
import { count, decimal, inUnit, share } from '@/lib/numbers';
import { capital, readable } from '@/lib/text';
import { Button } from '@/ui/Button';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import type { Stance } from './CustomerDecision';
import { useUndoDecision } from './DecisionForm';
import { Loaded } from './Loaded';
import { useMay } from './permissions';
import { useLocale } from './useLocale';

export type Subject = 'portfolio' | 'service_level' | 'reallocation' | 'activity';

export function DecisionList({ subject }: { subject?: Subject | undefined }) {
  const { t } = useTranslation();
  const asked = useQuery(decisions(subject ? { subject } : {}));
  return (
    <Loaded of={asked} rows={1}>
      {({ items }) =>
        items.length === 0 ? (
          <p className="mute">{t('diary.none')}</p>
        ) : (
          <ul className="rows">
            {items.map((made) => (
              <Entry key={made.id} made={made} />
            ))}
          </ul>
        )
      }
    </Loaded>
  );
}

function Entry({ made }: { made: DecisionView }) {
  const { t } = useTranslation();
  const locale = useLocale();
  const may = useMay();
  const undo = useUndoDecision();
  const what = useWhat(made);
  return (
    <li className="diaryentry">
      <div>
        <strong>{what.title}</strong>
        {made.undone && <span className="warn"> {t('diary.undone')}</span>}
        {what.lines.length > 0 && (
          <ul className="plainlist small">
            {what.lines.map((line) => (
              <li key={line}>{line}</li>
            ))}
          </ul>
        )}
        <p>{made.reason}</p>
        {made.doer && made.due && <p>{t('diary.does', { who: made.doer, day: day(made.due, locale) })}</p>}
        <p className="mute small">
          {moment(made.at, locale)}, {made.by}. {t('decision.loyalty')}: {made.loyalty_line.unknown_signed ? t('diary.loyalty_unknown') : made.loyalty_line.estimate}
        </p>
        {made.figures.length > 0 && (
          <details>
            <summary className="small">{t('diary.rested', { run: (made.run ?? '').slice(0, 12) })}</summary>
            <dl className="facts lined small">
              {made.figures.map((figure) => (
                <div key={figure.key} className="factrow">
                  <dt>{figure.label}</dt>
                  <dd>
                    {figure.text}
                    {figure.interval_text && <span className="mute"> ({figure.interval_text})</span>}
                  </dd>
                </div>
              ))}
            </dl>
          </details>
        )}
      </div>
      {!made.undone && made.undo_until != null && may('decide') && (
        <Button small onClick={() => undo.mutate(made.id)}>
          {t('act.undo')}
        </Button>
      )}
    </li>
  );
}

/** What was decided, in one line and its parts. */
function useWhat(made: DecisionView): { title: string; lines: string[] } {
  const { t } = useTranslation();
  const locale = useLocale();
  const spot = (one: { id: string; name: string } | null | undefined) =>
    one ? (one.id.startsWith('minutes.') ? t('reallocation.contact_time', { reason: readable(one.name) }) : one.name) : null;
  switch (made.subject as Subject) {
    case 'service_level':
      return {
        title: t('diary.minutes', { count: made.minutes.length }),
        lines: made.minutes.map((one) => t('diary.minutes_line', { reason: capital(readable(one.reason)), from: decimal(one.today, 1, locale), to: decimal(one.then, 1, locale) })),
      };
    case 'reallocation':
      return {
        title: t('diary.moves', { count: made.moves.length }),
        lines: made.moves.map((one) => {
          const say = (value: number) => inUnit(value, 'money', locale);
          const partly = one.spent > 0 && one.released > 1.01 * one.spent;
          return t(partly ? 'diary.move_part_line' : 'diary.move_line', {
            amount: say(Math.max(one.released, one.spent)),
            from: spot(one.from) ?? t('reallocation.new_money'),
            to: spot(one.to) ?? t('reallocation.saved'),
            spent: say(one.spent),
            rest: say(one.released - one.spent),
            share: share(one.survives, locale, 0),
          });
        }),
      };
    case 'activity':
      return { title: t('diary.activity', { name: made.activity?.name ?? '', course: t(`course.${made.choice as 'stop'}`).toLocaleLowerCase() }), lines: [] };
    default:
      return { title: t('diary.entry', { stance: t(`stance.${made.choice as Stance}`), n: count(made.count, locale) }), lines: [] };
  }
}
