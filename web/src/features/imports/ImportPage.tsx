// How do files come in, what has come in before, and how is an import undone?

import { client, sendFiles, taken } from '@/api/client';
import { imports, rejects } from '@/api/queries';
import type { ImportView, UploadView } from '@/api/types';
import { moment } from '@/lib/dates';
import { count } from '@/lib/numbers';
import { paths } from '@/lib/paths';
import { Block } from '@/parts/Block';
import { Loaded } from '@/parts/Loaded';
import { PageHead } from '@/parts/PageHead';
import { problemText } from '@/parts/ProblemBox';
import { useMay } from '@/parts/permissions';
import { useAddress, useSetAddress } from '@/parts/search';
import { fileOf } from '@/lib/text';
import { useLocale } from '@/parts/useLocale';
import { Button } from '@/ui/Button';
import { DataTable } from '@/ui/DataTable';
import { useSay } from '@/ui/toasts';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';

export function ImportPage() {
  const { t } = useTranslation();
  const locale = useLocale();
  const asked = useQuery(imports());
  const latest = asked.data?.items.find((one) => one.latest && !one.undone);
  return (
    <>
      <PageHead
        name={t('nav.pages.imports')}
        sentence={latest ? t('imports.sentence', { n: count(rowsOf(latest), locale), at: moment(latest.at, locale) }) : t('imports.sentence_none')}
        because={t('imports.because')}
      />
      <Drop />
      <Block title={t('imports.history')}>
        <Loaded of={asked} rows={1}>{(found) => <History items={found.items} />}</Loaded>
      </Block>
      <Rejects />
    </>
  );
}

function rowsOf(made: ImportView): number {
  return Object.values(made.tables).reduce((sum, table) => sum + table.added + table.replaced, 0);
}

/** Files are dropped here or chosen with the button; the page that follows shows what they were understood as. */
function Drop() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const may = useMay();
  const chooser = useRef<HTMLInputElement>(null);
  const [over, setOver] = useState(false);
  const send = useMutation({
    mutationFn: (files: File[]) => sendFiles<UploadView>('/api/v1/uploads', files),
    onSuccess: (upload) => navigate({ to: paths.upload, params: { upload: upload.id } }),
  });
  const unable = may('import') ? (send.isPending ? t('imports.sending') : null) : t('imports.not_allowed');
  const take = (files: FileList | null) => {
    if (!unable && files?.length) send.mutate([...files]);
  };
  return (
    <div
      className={over ? 'dropzone over' : 'dropzone'}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => {
        event.preventDefault();
        setOver(false);
        take(event.dataTransfer.files);
      }}
    >
      <p>{t('imports.drop')}</p>
      <input ref={chooser} type="file" multiple className="hidden" tabIndex={-1} aria-label={t('imports.choose')} onChange={(event) => take(event.target.files)} />
      <Button look="main" unable={unable} onClick={() => chooser.current?.click()}>
        {t('imports.choose')}
      </Button>
      <p className="mute small">{t('imports.kinds')}</p>
      <p role="status" className={send.error ? 'bad' : 'mute'}>
        {send.isPending ? t('imports.sending') : send.error ? problemText(send.error, t('problem.unknown')) : ''}
      </p>
    </div>
  );
}

function History({ items }: { items: ImportView[] }) {
  const { t } = useTranslation();
  const locale = useLocale();
  const say = useSay();
  const set = useSetAddress();
  const queries = useQueryClient();
  const undo = useMutation({
    mutationFn: (id: string) => taken(client.DELETE('/api/v1/imports/{id}', { params: { path: { id } } })),
    onSuccess: async () => {
      say(t('imports.undone'));
      await queries.invalidateQueries();
    },
    onError: (error) => say(problemText(error, t('problem.unknown'))),
  });
  if (items.length === 0) return <p className="mute">{t('imports.none')}</p>;
  return (
    <ul className="rows">
      {items.map((made) => {
        const rejected = Object.values(made.tables).reduce((sum, table) => sum + table.rejected, 0);
        return (
          <li key={made.id} className="diaryentry">
            <div>
              <strong>{moment(made.at, locale)}</strong>
              {made.undone && <span className="warn"> {t('imports.is_undone')}</span>}
              <Came made={made} />
              <p className="mute small">
                {[made.by, t('imports.version', { version: made.version })].filter(Boolean).join(', ')}
                {rejected > 0 && (
                  <>
                    {' · '}
                    <button type="button" className="textlink" onClick={() => set({ show: made.id })}>
                      {t('imports.rejected', { count: rejected, n: count(rejected, locale) })}
                    </button>
                  </>
                )}
              </p>
            </div>
            {made.latest && !made.undone && (
              <Button small onClick={() => undo.mutate(made.id)}>
                {t('imports.undo')}
              </Button>
            )}
          </li>
        );
      })}
    </ul>
  );
}

const FIRST_TABLES = 4;

/** What came in by table, the most first; many tables are folded. */
function Came({ made }: { made: ImportView }) {
  const { t, i18n } = useTranslation();
  const locale = useLocale();
  const name = (table: string) => (i18n.exists(`tables.${table}`) ? t(`tables.${table}` as 'tables.orders') : table);
  const said = Object.entries(made.tables)
    .sort(([, a], [, b]) => b.added + b.replaced - a.added - a.replaced)
    .map(([table, counts]) => t(counts.replaced > 0 ? 'imports.table_replaced' : 'imports.table', { table: name(table), added: count(counts.added, locale), replaced: count(counts.replaced, locale) }));
  const folded = said.length > FIRST_TABLES + 1 ? said.slice(FIRST_TABLES) : [];
  return (
    <>
      <p>{said.slice(0, said.length - folded.length).join(' · ')}</p>
      {folded.length > 0 && (
        <details>
          <summary className="mute small">{t('imports.tables_more', { n: count(folded.length, locale) })}</summary>
          <p>{folded.join(' · ')}</p>
        </details>
      )}
    </>
  );
}

function Rejects() {
  const { t } = useTranslation();
  const { show } = useAddress();
  const set = useSetAddress();
  const asked = useQuery({ ...rejects(show ?? ''), enabled: Boolean(show) });
  if (!show) return null;
  return (
    <Block
      title={t('imports.rejects')}
      links={
        <button type="button" onClick={() => set({ show: undefined })}>
          {t('act.close')}
        </button>
      }
    >
      <p className="mute chartnote">{t('imports.rejects_note')}</p>
      <Loaded of={asked} rows={1}>
        {(found) => (
          <DataTable
            label={t('imports.rejects')}
            sortLabel={t('table.sort')}
            columns={['file', 'line', 'column', 'reason', 'text'].map((key) => ({ key, heading: t(`reject.${key}` as 'reject.file'), numeric: key === 'line' }))}
            rows={found.items.map((one) => [{ text: fileOf(one.file) }, { text: String(one.line), value: one.line }, { text: one.column ?? '–' }, { text: one.reason }, { text: one.text }])}
          />
        )}
      </Loaded>
    </Block>
  );
}
