// What to keep in mind before anything here is believed.

import type { CautionView } from '@/api/types';
import { useTranslation } from 'react-i18next';
import { Block } from './Block';

export function Cautions({ cautions }: { cautions: CautionView[] }) {
  const { t } = useTranslation();
  if (cautions.length === 0) return null;
  return (
    <Block title={t('report.cautions')}>
      <ul className="rows">
        {cautions.map((caution) => (
          <li key={caution.key}>{caution.text}</li>
        ))}
      </ul>
    </Block>
  );
}
