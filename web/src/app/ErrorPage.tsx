// What does the reader see when a page does not exist or breaks?

import { paths } from '@/lib/paths';
import { ProblemError } from '@/api/client';
import { ProblemBox } from '@/parts/ProblemBox';
import { Button } from '@/ui/Button';
import { StateBox } from '@/ui/StateBox';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';

export function ErrorPage({ error, reset }: { error: unknown; reset: () => void }) {
  const { t } = useTranslation();
  if (error instanceof ProblemError) return <ProblemBox error={error} again={reset} />;
  return (
    <StateBox title={t('problem.broke')} whole fault actions={<Button onClick={() => location.reload()}>{t('act.reload')}</Button>}>
      <p>{t('problem.broke_do')}</p>
      <details>
        <summary>{t('problem.details')}</summary>
        <pre>{error instanceof Error ? error.message : String(error)}</pre>
      </details>
    </StateBox>
  );
}

export function NotFound() {
  const { t } = useTranslation();
  return (
    <StateBox
      whole
      title={t('problem.no_page')}
      actions={
        <Link className="button main" to={paths.management}>
          {t('problem.to_management')}
        </Link>
      }
    >
      <p>{t('problem.no_page_do')}</p>
    </StateBox>
  );
}
