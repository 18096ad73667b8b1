// A report that the run may not have: asked for only when it is there.

import { report, runs } from '@/api/queries';
import type { PageView } from '@/api/types';
import { useQuery } from '@tanstack/react-query';

export function useReportIfThere(word: string, run: string | undefined, wanted = true): { page: PageView | undefined; waiting: boolean } {
  const known = useQuery(runs());
  const here = known.data?.items.find((one) => (run ? one.id.startsWith(run) : one.latest));
  const there = wanted && (here?.computed.includes(word) ?? false);
  const asked = useQuery({ ...report(word, run), enabled: there });
  return { page: there ? asked.data : undefined, waiting: known.isPending || asked.isLoading };
}
