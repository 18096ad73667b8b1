// The pages this person may open, with their names.

import { runs } from '@/api/queries';
import { capital, readable } from '@/lib/text';
import { useMay } from '@/parts/permissions';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { type Entry, entriesOf } from './navigation';

export function useEntries(): (Entry & { label: string })[] {
  const { t, i18n } = useTranslation();
  const may = useMay();
  const { data } = useQuery(runs());
  const computed = data?.items.find((run) => run.latest)?.computed ?? [];
  return entriesOf(computed, may).map((entry) => {
    const key = `nav.pages.${entry.name}`;
    return { ...entry, label: i18n.exists(key) ? t(`nav.pages.${entry.name}` as 'nav.pages.management') : capital(readable(entry.name)) };
  });
}
