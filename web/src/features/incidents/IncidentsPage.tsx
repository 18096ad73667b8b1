// How much goes wrong that we never hear of, and does it pay to put it right?

import { report } from '@/api/queries';
import type { PageView } from '@/api/types';
import { tableOf } from '@/parts/cells';
import { ChartBlock } from '@/parts/ChartBlock';
import { Loaded } from '@/parts/Loaded';
import { ReportBody } from '@/parts/ReportBody';
import { useAddress } from '@/parts/search';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { Iceberg } from './Iceberg';
import { layersOf } from './layers';

export function IncidentsPage() {
  const { run } = useAddress();
  const asked = useQuery(report('incidents', run));
  return <Loaded of={asked}>{(page) => <Incidents page={page} />}</Loaded>;
}

const FIRST = ['incidents.reported_share', 'incidents.hidden_share', 'incidents.total', 'incidents.known.count', 'incidents.solved_well_share', 'incidents.compensation', 'incidents.late.told_share', 'incidents.caught_share'] as const;
const DRAWN = new Set(['incidents.iceberg']);

function Incidents({ page }: { page: PageView }) {
  const { t } = useTranslation();
  const table = tableOf(page.tables, 'incidents.iceberg');
  const layers = table ? layersOf(table) : [];
  const drawn = table !== undefined && layers.length > 0;
  return (
    <ReportBody page={page} word="incidents" first={FIRST} drawn={drawn ? DRAWN : undefined}>
      {drawn && (
        <ChartBlock title={table.title} table={table} word="incidents" run={page.run}>
          <Iceberg layers={layers} label={table.title} />
          <p className="small mute">{t('incidents.iceberg_note')}</p>
        </ChartBlock>
      )}
    </ReportBody>
  );
}
