// How do we know? One figure laid open: what it is, how sure, from which rows, by which method, in which run.

import { figure as figureQuery, rows as rowsQuery } from '@/api/queries';
import type { FigureView } from '@/api/types';
import { day } from '@/lib/dates';
import { capabilityOfFigure } from '@/lib/figures';
import { type Locale, count, decimal, exact, share } from '@/lib/numbers';
import { paths } from '@/lib/paths';
import { capital, fileOf } from '@/lib/text';
import { useFigureLabels } from '@/parts/figureLabel';
import { Grade } from '@/parts/Grade';
import { Loaded } from '@/parts/Loaded';
import { useAddress, useSetAddress } from '@/parts/search';
import { useLocale } from '@/parts/useLocale';
import { DataTable } from '@/ui/DataTable';
import { Dialog } from '@/ui/Dialog';
import { Band } from '@/ui/FigureTile';
import { useSay } from '@/ui/toasts';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';

export function EvidencePanel() {
  const { t } = useTranslation();
  const { figure } = useAddress();
  const set = useSetAddress();
  return (
    <Dialog open={Boolean(figure)} onClose={() => set({ figure: undefined })} title={t('evidence.title')} closeLabel={t('act.close')} place="sheet">
      {figure && (figure.startsWith(ANSWERED) ? <Answered figureKey={figure} /> : <Evidence figureKey={figure} />)}
    </Dialog>
  );
}

/** Figures of an answer to a question: they stand in no run. */
const ANSWERED = 'whatif.';

function Answered({ figureKey }: { figureKey: string }) {
  const { t } = useTranslation();
  return (
    <article className="evidence">
      <p>{t('evidence.answered')}</p>
      <p>
        <Link to={paths.method} params={{ word: capabilityOfFigure(figureKey) }}>
          {t('report.method')}
        </Link>
      </p>
    </article>
  );
}

function Evidence({ figureKey }: { figureKey: string }) {
  const { run } = useAddress();
  const asked = useQuery(figureQuery(figureKey, run));
  return <Loaded of={asked}>{(figure) => <Opened figure={figure} />}</Loaded>;
}

function Opened({ figure }: { figure: FigureView }) {
  const { t } = useTranslation();
  const locale = useLocale();
  const say = useSay();
  const { value, lower, upper, unit, level } = figure;
  const told = value != null;
  const labelOf = useFigureLabels([figure]);
  const link = () => {
    void navigator.clipboard.writeText(location.href).then(() => say(t('evidence.link_copied')), () => say(t('table.copy_failed')));
  };
  return (
    <article className="evidence">
      <h3>{labelOf(figure)}</h3>
      <p className="bignumber">
        {figure.text} {figure.grade && <Grade grade={figure.grade} />}
      </p>
      {told && lower != null && upper != null && lower !== upper && <Band value={value} lower={lower} upper={upper} label={figure.interval_text ?? ''} />}
      <p>{figure.definition}</p>
      <dl className="facts lined">
        {told && (
          <>
            <dt>{t('evidence.exact')}</dt>
            <dd>{exact(value, unit, locale)}</dd>
          </>
        )}
        <dt>{t('evidence.interval')}</dt>
        <dd>
          {figure.interval_text && lower == null
            ? capital(figure.interval_text)
            : figure.interval_text
            ? t('evidence.interval_level', { interval: figure.interval_text, level: share(level ?? 0, locale, 0) })
            : told
              ? t('evidence.booked_long')
              : t('evidence.untold')}
        </dd>
        <dt>{t('evidence.n')}</dt>
        <dd>{count(figure.n, locale)}</dd>
        {figure.grade && (
          <>
            <dt>{t('evidence.grade')}</dt>
            <dd>
              {figure.grade}: {t(`grade.${figure.grade}` as 'grade.A')}
            </dd>
          </>
        )}
        <dt>{t('evidence.method')}</dt>
        <dd>
          <Link to={paths.method} params={{ word: capabilityOfFigure(figure.key) }}>
            {t('evidence.to_method')}
          </Link>
          {figure.method && <div className="mute small">{figure.method}</div>}
        </dd>
        <dt>{t('evidence.run')}</dt>
        <dd>
          {t('report.run', { run: figure.run.slice(0, 12), day: day(figure.as_of, locale) })}{' '}
          <Link to={paths.runs}>{t('evidence.to_runs')}</Link>
        </dd>
      </dl>
      {figure.cautions.length > 0 && (
        <>
          <h3>{t('report.cautions')}</h3>
          <ul className="rows">
            {figure.cautions.map((caution) => (
              <li key={caution.key}>{caution.text}</li>
            ))}
          </ul>
        </>
      )}
      {told && <Rows figureKey={figure.key} run={figure.run} />}
      <p className="links">
        <button type="button" onClick={link}>
          {t('evidence.copy_link')}
        </button>
      </p>
    </article>
  );
}

const SHOWN = 20;

function Rows({ figureKey, run }: { figureKey: string; run: string }) {
  const { t } = useTranslation();
  const locale = useLocale();
  const asked = useQuery(rowsQuery(figureKey, run, SHOWN));
  return (
    <>
      <h3>{t('evidence.rows')}</h3>
      <Loaded of={asked} rows={1}>
        {(found) => (
          <>
            <p className="mute small">
              {found.total == null
                ? t('evidence.rows_first', { shown: count(found.rows.length, locale) })
                : t('evidence.rows_of', { shown: count(found.rows.length, locale), total: count(found.total, locale) })}
            </p>
            <DataTable
              label={t('evidence.rows')}
              tall
              sortable={false}
              sortLabel=""
              columns={found.columns.map((column, at) => ({ key: column, heading: capital(found.headings[at] ?? column), numeric: found.rows.every((row) => typeof row[at] !== 'string') && !column.startsWith('_') }))}
              rows={found.rows.map((row) => row.map((cell, at) => ({ text: rowText(cell, found.columns[at] ?? '', locale) })))}
            />
            <details>
              <summary>{t('evidence.sql')}</summary>
              {/* A long question scrolls within itself. */}
              <pre>{found.sql}</pre>
            </details>
          </>
        )}
      </Loaded>
    </>
  );
}

/** A row's cell as people write it; ids and the company's own words stand as they are. */
function rowText(cell: unknown, column: string, locale: Locale): string {
  if (cell === null || cell === undefined || cell === '') return '–';
  if (typeof cell === 'boolean') return cell ? '✓' : '–';
  if (typeof cell === 'number') return column === '_line' || Number.isInteger(cell) ? String(cell) : decimal(cell, 2, locale);
  const text = String(cell);
  if (column === '_source') return fileOf(text);
  return /^-?\d+\.\d{4}$/.test(text) ? decimal(Number(text), 2, locale) : text;
}
