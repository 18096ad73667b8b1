// Any capability's report has a page the day it is computed: sentences, figures, tables.

import { report } from '@/api/queries';
import { Loaded } from '@/parts/Loaded';
import { ReportBody } from '@/parts/ReportBody';
import { useAddress } from '@/parts/search';
import { useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';

export function ReportPage() {
  const { word = '' } = useParams({ strict: false });
  const { run } = useAddress();
  const asked = useQuery(report(word, run));
  return <Loaded of={asked}>{(page) => <ReportBody page={page} word={word} />}</Loaded>;
}
