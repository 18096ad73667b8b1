// How is the organization built?

import { units } from '@/api/queries';
import type { UnitView } from '@/api/types';
import { Block } from '@/parts/Block';
import { Loaded } from '@/parts/Loaded';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';

export function Units() {
  const { t } = useTranslation();
  const asked = useQuery(units());
  return (
    <Block title={t('administration.units')}>
      <Loaded of={asked} rows={1}>
        {(found) => (found.items.length === 0 ? <p className="mute">{t('units.none')}</p> : <Branch items={found.items} parent={null} />)}
      </Loaded>
    </Block>
  );
}

/** Units whose parent is not among them stand at the top. */
function Branch({ items, parent }: { items: UnitView[]; parent: string | null }) {
  const here = items.filter((unit) => (parent === null ? !items.some((other) => other.id === unit.parent_id) : unit.parent_id === parent));
  if (here.length === 0) return null;
  return (
    <ul className="tree">
      {here.map((unit) => (
        <li key={unit.id}>
          {unit.name} <span className="mute small">{unit.id}</span>
          <Branch items={items} parent={unit.id} />
        </li>
      ))}
    </ul>
  );
}
