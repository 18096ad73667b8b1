// Of which run is this, how was it made, and how does it leave the screen?

import { day } from '@/lib/dates';
import { exportOfReport, paths } from '@/lib/paths';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { useLocale } from './useLocale';

export function ReportFoot({ word, run, asOf, method }: { word: string; run: string; asOf: string; method?: string }) {
  const { t } = useTranslation();
  const locale = useLocale();
  return (
    <footer className="foot">
      <span>{t('report.run', { run: run.slice(0, 12), day: day(asOf, locale) })}</span>
      <span className="links">
        <Link to={paths.method} params={{ word: method ?? word }}>
          {t('report.method')}
        </Link>
        <a href={exportOfReport(word, 'pdf', { run, lang: locale })} download>
          PDF
        </a>
        <a href={exportOfReport(word, 'xlsx', { run, lang: locale })} download>
          Excel
        </a>
        <button type="button" onClick={() => window.print()}>
          {t('act.print')}
        </button>
      </span>
    </footer>
  );
}
