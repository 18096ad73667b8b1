// What did earlier runs say of the activity?

import { figure, runs } from '@/api/queries';
import { day } from '@/lib/dates';
import { Block } from '@/parts/Block';
import { Grade } from '@/parts/Grade';
import { useLocale } from '@/parts/useLocale';
import { DataTable } from '@/ui/DataTable';
import { useQueries, useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';

const MOST = 8;

export function History({ id }: { id: string }) {
  const { t } = useTranslation();
  const locale = useLocale();
  const { data } = useQuery(runs());
  const kept = (data?.items ?? []).filter((run) => run.computed.includes('effects')).slice(0, MOST);
  const asked = useQueries({ queries: kept.flatMap((run) => ['value_strength', 'effect_retention'].map((what) => ({ ...figure(`activity.${id}.${what}`, run.id), retry: false }))) });
  if (kept.length === 0) return null;
  return (
    <Block title={t('activities.history')}>
      <DataTable
        label={t('activities.history')}
        sortLabel={t('table.sort')}
        columns={[
          { key: 'run', heading: t('activities.as_of'), numeric: false },
          { key: 'grade', heading: t('evidence.grade'), numeric: false },
          { key: 'strength', heading: t('activities.per_krona'), numeric: true },
          { key: 'strength_range', heading: t('evidence.interval'), numeric: true },
          { key: 'stay', heading: t('activities.staying'), numeric: true },
          { key: 'stay_range', heading: t('evidence.interval'), numeric: true },
        ]}
        rows={kept.map((run, at) => {
          const [strength, stay] = [asked[2 * at]?.data, asked[2 * at + 1]?.data];
          const cells = (found: typeof strength) => [
            { text: found?.value == null ? '–' : found.text, value: found?.value ?? null },
            { text: found?.interval_text ?? '–', value: found?.lower ?? null },
          ];
          const grade = stay?.grade ?? strength?.grade;
          return [{ text: `${day(run.as_of, locale)} (${run.id.slice(0, 8)})`, value: Date.parse(run.as_of) }, { text: grade ?? '–', ...(grade ? { show: <Grade grade={grade} /> } : {}) }, ...cells(strength), ...cells(stay)];
        })}
      />
    </Block>
  );
}
