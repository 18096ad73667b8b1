// What was each column understood as, what will the first rows become, and which would be refused?

import { client, taken } from '@/api/client';
import { preview as previewQuery, proposal as proposalQuery } from '@/api/queries';
import type { PreviewView, ProposalView } from '@/api/types';
import { useJob } from '@/api/jobs';
import { sourceOf, withSource } from '@/lib/mapping';
import { count } from '@/lib/numbers';
import { paths } from '@/lib/paths';
import { Block } from '@/parts/Block';
import { Loaded } from '@/parts/Loaded';
import { PageHead } from '@/parts/PageHead';
import { ProblemBox, problemText } from '@/parts/ProblemBox';
import { useLocale } from '@/parts/useLocale';
import { Button } from '@/ui/Button';
import { DataTable } from '@/ui/DataTable';
import { Field } from '@/ui/Field';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import { useDeferredValue, useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';

export function UploadPage() {
  const { t } = useTranslation();
  const { upload = '' } = useParams({ strict: false });
  const asked = useQuery(proposalQuery(upload));
  return (
    <Loaded of={asked} waiting={t('imports.understanding')}>
      {(proposal) => <Mapping key={upload} upload={upload} proposal={proposal} />}
    </Loaded>
  );
}

const WAIT_MS = 400;

/** The text as it was when the writer last paused. */
function useSettled(text: string): string {
  const [settled, setSettled] = useState(text);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(text), WAIT_MS);
    return () => clearTimeout(timer);
  }, [text]);
  return settled;
}

function Mapping({ upload, proposal }: { upload: string; proposal: ProposalView }) {
  const { t } = useTranslation();
  const locale = useLocale();
  const [text, setText] = useState(proposal.mapping);
  const asked = useQuery(previewQuery(upload, useSettled(useDeferredValue(text))));
  const seen = asked.data;
  const accepted = seen?.tables.reduce((sum, table) => sum + table.accepted, 0) ?? 0;
  const rejected = seen?.tables.reduce((sum, table) => sum + table.rejected, 0) ?? 0;
  return (
    <>
      <PageHead
        name={t('imports.mapping')}
        crumb={<Link to={paths.imports}>{t('nav.pages.imports')}</Link>}
        sentence={seen ? t(rejected ? 'imports.understood_some' : 'imports.understood_all', { n: count(accepted, locale), rejected: count(rejected, locale) }) : t('imports.understanding')}
        because={t('imports.mapping_because')}
      />
      {proposal.tables.map((table, at) => (
        <TableMapping key={`${table.file}-${table.table}`} table={table} at={at} text={text} onText={setText} preview={seen?.tables[at]} />
      ))}
      {seen?.cut_short && <p className="mute chartnote">{t('imports.cut_short')}</p>}
      {asked.error && <ProblemBox error={asked.error} whole={false} />}
      {seen && seen.rejects.length > 0 && (
        <Block title={t('imports.rejects')}>
          <DataTable
            label={t('imports.rejects')}
            sortLabel={t('table.sort')}
            columns={['file', 'line', 'column', 'reason', 'text'].map((key) => ({ key, heading: t(`reject.${key}` as 'reject.file'), numeric: key === 'line' }))}
            rows={seen.rejects.map((one) => [{ text: one.file }, { text: String(one.line), value: one.line }, { text: one.column ?? '–' }, { text: one.reason }, { text: one.text }])}
          />
        </Block>
      )}
      <details className="block">
        <summary>{t('imports.as_text')}</summary>
        <textarea className="code" aria-label={t('imports.as_text')} spellCheck={false} value={text} onChange={(event) => setText(event.target.value)} />
      </details>
      <Start upload={upload} mapping={text} unable={asked.error ? t('imports.fix_first') : seen ? null : t('imports.understanding')} />
    </>
  );
}

interface TableProps {
  table: ProposalView['tables'][number];
  at: number;
  text: string;
  onText: (text: string) => void;
  preview: PreviewView['tables'][number] | undefined;
}

const NONE = '';

function TableMapping({ table, at, text, onText, preview }: TableProps) {
  const { t } = useTranslation();
  const locale = useLocale();
  const headings = [...new Set([...table.headings, ...table.columns.map((column) => column.source).filter((source) => source != null)])];
  const first = table.columns.filter((column) => column.required || column.source !== null);
  const rest = table.columns.filter((column) => !first.includes(column));
  const choice = (column: TableProps['table']['columns'][number]) => {
    const source = sourceOf(text, at, column.target);
    return (
      <Field
        key={column.target}
        label={column.required ? t('imports.required', { target: column.target }) : column.target}
        hint={column.note}
        fault={column.required && source === null ? t('imports.must_have') : null}
      >
        <select value={source ?? NONE} onChange={(event) => onText(withSource(text, at, column.target, event.target.value || null))}>
          <option value={NONE}>{t('imports.no_source')}</option>
          {source !== null && !headings.includes(source) && <option value={source}>{source}</option>}
          {headings.map((heading) => (
            <option key={heading} value={heading}>
              {heading}
            </option>
          ))}
        </select>
      </Field>
    );
  };
  return (
    <Block title={t('imports.file_to_table', { file: table.file, table: table.table })}>
      <div className="mapping">{first.map(choice)}</div>
      {rest.length > 0 && (
        <details className="morecolumns">
          <summary>{t('imports.more_columns', { n: count(rest.length, locale) })}</summary>
          <div className="mapping">{rest.map(choice)}</div>
        </details>
      )}
      {table.unmapped.length > 0 && <p className="mute chartnote">{t('imports.left_over', { columns: table.unmapped.join(', ') })}</p>}
      {preview && (
        <>
          <p className="mute small" role="status">
            {t('imports.counts', { read: count(preview.read, locale), accepted: count(preview.accepted, locale), rejected: count(preview.rejected, locale) })}
          </p>
          <DataTable
            label={t('imports.first_rows', { table: table.table })}
            sortLabel=""
            sortable={false}
            tall
            columns={preview.columns.map((column) => ({ key: column, heading: column, numeric: false }))}
            rows={preview.rows.map((row) => row.map((cell) => ({ text: cell === null ? '–' : String(cell) })))}
          />
        </>
      )}
    </Block>
  );
}

/** Starts the import, follows it, and says where to go when it is done. */
function Start({ upload, mapping, unable }: { upload: string; mapping: string; unable: string | null }) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const [job, setJob] = useState<string | null>(null);
  const progress = useJob(job);
  const start = useMutation({
    mutationFn: () => taken(client.POST('/api/v1/imports', { body: { upload, mapping } })),
    onSuccess: ({ job: started }) => setJob(started),
  });
  const done = progress?.state === 'done';
  useEffect(() => {
    if (done) void queries.invalidateQueries();
  }, [done, queries]);
  return (
    <section className="block startbar" aria-label={t('imports.start')}>
      {!progress && (
        <Button look="main" unable={start.isPending ? t('wait.starting') : unable} onClick={() => start.mutate()}>
          {t('imports.start')}
        </Button>
      )}
      {start.error && (
        <p className="bad" role="alert">
          {problemText(start.error, t('problem.unknown'))}
        </p>
      )}
      {progress && (
        <div role="status" className="form">
          <p>
            {done ? t('imports.done') : progress.state === 'failed' ? t('imports.failed', { why: progress.problem?.title ?? '' }) : t('imports.running', { text: progress.text })}
          </p>
          {!done && progress.state !== 'failed' && <progress aria-label={t('imports.start')} max={progress.total || undefined} value={progress.total ? progress.done : undefined} />}
          {done && (
            <div className="actions">
              <Link className="button main" to={paths.runs}>
                {t('imports.to_analysis')}
              </Link>
              <Link className="button" to={paths.imports}>
                {t('imports.to_history')}
              </Link>
            </div>
          )}
        </div>
      )}
    </section>
  );
}
