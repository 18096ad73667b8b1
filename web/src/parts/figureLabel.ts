// What is a figure of one activity called? By the activity's name where it is known, not by its key.

import type { FigureView } from '@/api/types';
import { labelWith, subjectOf } from '@/lib/figures';
import { rowsOf, tableOf } from './cells';
import { useReportIfThere } from './reportIfThere';
import { useAddress } from './search';

type Named = Pick<FigureView, 'key' | 'label'>;

/** On the page of an activity its figures need no name at all. */
export function useFigureLabels(figures: Named[], about?: string): (figure: Named) => string {
  const { run } = useAddress();
  const wanted = figures.some((figure) => ![null, about].includes(subjectOf(figure.key)));
  const { page } = useReportIfThere('activities', run, wanted);
  const list = page && tableOf(page.tables, 'activities.list');
  const rows = list ? rowsOf(list) : [];
  return (figure) => {
    const subject = subjectOf(figure.key);
    if (!subject) return figure.label;
    const name = rows.find((row) => row.key('activities.activity') === subject)?.text('activities.name');
    return labelWith(figure.label, subject, subject === about ? null : name);
  };
}
