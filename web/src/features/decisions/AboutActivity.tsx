// Which activity shall go on, change, stop or be tried? Chosen from the register, with what is known of its effect.

import { figure, report } from '@/api/queries';
import { Block } from '@/parts/Block';
import { ActivityDecision } from '@/parts/ActivityDecision';
import { rowsOf, tableOf } from '@/parts/cells';
import { Field } from '@/ui/Field';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';

export function AboutActivity() {
  const { t } = useTranslation();
  const { data: page } = useQuery({ ...report('activities'), retry: false });
  const [chosen, setChosen] = useState('');
  const table = page && tableOf(page.tables, 'activities.list');
  const activities = (table ? rowsOf(table) : []).flatMap((row) => {
    const id = row.key('activities.activity');
    return id === null ? [] : [{ id, name: row.text('activities.name') }];
  });
  const activity = activities.find((one) => one.id === chosen) ?? activities[0];
  const { data: effect } = useQuery({ ...figure(`activity.${activity?.id}.effect_retention`), enabled: activity !== undefined, retry: false });
  if (!page || !activity) return null;
  const suggested = effect?.value == null ? undefined : t('decision.suggest', { label: effect.label, text: effect.text, interval: effect.interval_text ?? '' });
  return (
    <Block title={t('diary.about_activity')}>
      <div className="form">
        <Field label={t('diary.which_activity')}>
          <select value={activity.id} onChange={(event) => setChosen(event.target.value)}>
            {activities.map(({ id, name }) => (
              <option key={id} value={id}>
                {name}
              </option>
            ))}
          </select>
        </Field>
        <div className="actions">
          <ActivityDecision key={`${activity.id}${suggested}`} activityId={activity.id} name={activity.name} run={page.run} suggested={suggested} />
        </div>
      </div>
    </Block>
  );
}
