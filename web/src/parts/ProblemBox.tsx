// A refusal in words: what happened, what it means, what to do.

import { ProblemError } from '@/api/client';
import { paths } from '@/lib/paths';
import { Button } from '@/ui/Button';
import { StateBox } from '@/ui/StateBox';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';

/** Keys that mean that nothing is there yet rather than that something failed. */
const NOTHING_YET = /not_computed|unknown_page|no_run|unknown_run|unknown_figure/;

export function ProblemBox({ error, again, whole = true }: { error: unknown; again?: () => void; whole?: boolean }) {
  const { t } = useTranslation();
  const problem = error instanceof ProblemError ? error.problem : { title: '', status: 0, key: 'unknown', detail: undefined };
  const nothing = NOTHING_YET.test(problem.key ?? '');
  const title = problem.title || (problem.key === 'unreachable' ? t('problem.unreachable') : t('problem.unknown'));
  const detail = problem.detail || (problem.key === 'unreachable' ? t('problem.unreachable_do') : nothing ? t('empty.import') : t('problem.unknown_do'));
  return (
    <StateBox
      title={title}
      fault={!nothing}
      whole={whole}
      actions={
        <>
          {nothing && (
            <Link className="button main" to={paths.imports}>
              {t('empty.do_import')}
            </Link>
          )}
          {again && !nothing && <Button onClick={again}>{t('act.try_again')}</Button>}
        </>
      }
    >
      <p>{detail}</p>
    </StateBox>
  );
}

/** One line for a form: what the server refused. */
export function problemText(error: unknown, otherwise: string): string {
  if (!(error instanceof ProblemError)) return otherwise;
  const { title, detail } = error.problem;
  return [title, detail].filter(Boolean).join(' ') || otherwise;
}
