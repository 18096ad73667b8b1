// A person decides what becomes of an activity: it goes on, is changed, stops, or is tried first.

import { useTranslation } from 'react-i18next';
import { Deciding } from './Deciding';

const COURSES = ['continue', 'change', 'stop', 'test'] as const;

interface Props {
  activityId: string;
  name: string;
  run: string;
  /** What the analysis says of loyalty. */
  suggested?: string | undefined;
}

export function ActivityDecision({ activityId, name, run, suggested }: Props) {
  const { t } = useTranslation();
  return (
    <Deciding
      title={t('decision.title_activity', { name })}
      about={{ subject: 'activity', activity_id: activityId, run }}
      choices={{ legend: t('decision.course'), needs: t('decision.needs_course'), list: COURSES.map((course) => ({ value: course, label: t(`course.${course}`) })) }}
      suggested={suggested}
      said={(_, choice) => t('decision.made_activity', { name, course: t(`course.${choice as (typeof COURSES)[number]}`).toLocaleLowerCase() })}
    />
  );
}
