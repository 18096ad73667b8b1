// Waits for an answer, says when it fails, and shows it.

import { Bones } from '@/ui/Bones';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { ProblemBox } from './ProblemBox';

interface Asked<T> {
  data: T | undefined;
  error: unknown;
  refetch: () => unknown;
}

export function Loaded<T>({ of, waiting, rows, children }: { of: Asked<T>; waiting?: string; rows?: number; children: (data: T) => ReactNode }) {
  const { t } = useTranslation();
  if (of.data !== undefined) return children(of.data);
  if (of.error) return <ProblemBox error={of.error} again={() => void of.refetch()} whole={rows === undefined || rows > 1} />;
  return <Bones label={waiting ?? t('wait.reading')} rows={rows ?? 3} />;
}
