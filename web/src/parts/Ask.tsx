// The question mark that every figure wears: how do we know?

import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import type { Search } from './search';

export function Ask({ figure, label }: { figure: string; label: string }) {
  const { t } = useTranslation();
  return (
    <Link to="." search={((before: Search) => ({ ...before, figure })) as never} className="ask" resetScroll={false} aria-label={t('evidence.ask', { label })} title={t('evidence.title')}>
      ?
    </Link>
  );
}
