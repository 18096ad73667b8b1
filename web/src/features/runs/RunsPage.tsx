// Which analyses have been made, and how is a new one started?

import { client, taken } from '@/api/client';
import { useJob } from '@/api/jobs';
import { runs } from '@/api/queries';
import type { RunView } from '@/api/types';
import { day, moment } from '@/lib/dates';
import { paths } from '@/lib/paths';
import { Block } from '@/parts/Block';
import { Loaded } from '@/parts/Loaded';
import { PageHead } from '@/parts/PageHead';
import { problemText } from '@/parts/ProblemBox';
import { useMay } from '@/parts/permissions';
import { useAddress, useSetAddress } from '@/parts/search';
import { useLocale } from '@/parts/useLocale';
import { Button } from '@/ui/Button';
import { Field } from '@/ui/Field';
import { StateBox } from '@/ui/StateBox';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';

export function RunsPage() {
  const { t } = useTranslation();
  const locale = useLocale();
  const asked = useQuery(runs());
  return (
    <Loaded of={asked}>
      {(found) => {
        const latest = found.items.find((run) => run.latest);
        return (
          <>
            <PageHead
              name={t('nav.pages.runs')}
              sentence={latest ? t('runs.sentence', { day: day(latest.as_of, locale) }) : t('runs.sentence_none')}
              because={latest ? t('runs.because', { at: latest.made_at ? moment(latest.made_at, locale) : '–', version: latest.ledger_version }) : t('empty.import')}
            />
            <StartAnalysis />
            {found.items.length === 0 ? (
              <StateBox title={t('runs.none')} actions={<Link className="button main" to={paths.imports}>{t('empty.do_import')}</Link>} />
            ) : (
              <RunList items={found.items} />
            )}
          </>
        );
      }}
    </Loaded>
  );
}

function RunList({ items }: { items: RunView[] }) {
  const { t } = useTranslation();
  const locale = useLocale();
  const { run: shown } = useAddress();
  const set = useSetAddress();
  const [picked, setPicked] = useState<string[]>(() => items.slice(0, 2).map((run) => run.id));
  const toggle = (id: string) => setPicked((before) => (before.includes(id) ? before.filter((one) => one !== id) : [...before.slice(-1), id]));
  const pair = items.filter((run) => picked.includes(run.id)).sort((a, b) => a.as_of.localeCompare(b.as_of) || (a.made_at ?? '').localeCompare(b.made_at ?? ''));
  const [a, b] = pair;
  return (
    <Block title={t('runs.all')}>
      {/* The region scrolls on a narrow screen. */}
      {/* eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
      <div className="tablebox" role="group" aria-label={t('runs.all')} tabIndex={0}>
        <table>
          <thead>
            <tr>
              <th scope="col" className="pick">
                <span className="hidden">{t('runs.pick')}</span>
              </th>
              <th scope="col">{t('runs.as_of')}</th>
              <th scope="col">{t('runs.made')}</th>
              <th scope="col" className="number">{t('runs.ledger')}</th>
              <th scope="col">{t('runs.id')}</th>
              <th scope="col">{t('runs.missing')}</th>
              <th scope="col">
                <span className="hidden">{t('runs.look')}</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {items.map((run) => (
              <tr key={run.id}>
                <td className="pick">
                  <input type="checkbox" aria-label={t('runs.pick_one', { day: day(run.as_of, locale) })} checked={picked.includes(run.id)} onChange={() => toggle(run.id)} />
                </td>
                <th scope="row">
                  {day(run.as_of, locale)}
                  {run.latest && <span className="mute"> · {t('runs.latest')}</span>}
                </th>
                <td>{run.made_at ? moment(run.made_at, locale) : '–'}</td>
                <td className="number">{run.ledger_version}</td>
                <td>
                  <code>{run.id.slice(0, 12)}</code>
                </td>
                <td>{run.missing.length === 0 ? '–' : run.missing.map((one) => `${one.title}: ${one.needs}`).join(' ')}</td>
                <td>
                  {(shown ?? items.find((one) => one.latest)?.id) === run.id ? (
                    <span className="mute">{t('runs.shown')}</span>
                  ) : (
                    <button type="button" className="textlink" onClick={() => set({ run: run.latest ? undefined : run.id })}>
                      {t('runs.look')}
                    </button>
                  )}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <div className="actions benchfoot">
        {a && b ? (
          <Link className="button main" to={paths.compare} search={{ a: a.id, b: b.id } as never}>
            {t('runs.compare', { a: day(a.as_of, locale), b: day(b.as_of, locale) })}
          </Link>
        ) : (
          <span className="mute">{t('runs.pick_two')}</span>
        )}
      </div>
    </Block>
  );
}

function StartAnalysis() {
  const { t } = useTranslation();
  const may = useMay();
  const queries = useQueryClient();
  const [asOf, setAsOf] = useState('');
  const [job, setJob] = useState<string | null>(null);
  const progress = useJob(job);
  const start = useMutation({
    mutationFn: () => taken(client.POST('/api/v1/runs', { body: asOf ? { as_of: asOf } : {} })),
    onSuccess: ({ job: started }) => setJob(started),
  });
  const done = progress?.state === 'done';
  const going = progress !== null && !done && progress.state !== 'failed';
  useEffect(() => {
    if (done) void queries.invalidateQueries();
  }, [done, queries]);
  return (
    <Block title={t('runs.new')}>
      <form
        className="actions startrun"
        onSubmit={(event) => {
          event.preventDefault();
          if (may('analyze') && !going && !start.isPending) start.mutate();
        }}
      >
        <Field label={t('runs.as_of')} hint={t('runs.as_of_hint')}>
          <input type="date" value={asOf} onChange={(event) => setAsOf(event.target.value)} />
        </Field>
        <Button type="submit" look="main" unable={!may('analyze') ? t('runs.not_allowed') : going || start.isPending ? t('runs.going') : null}>
          {t('runs.start')}
        </Button>
      </form>
      <div role="status" className="runstate">
        {start.error && <p className="bad">{problemText(start.error, t('problem.unknown'))}</p>}
        {progress && (
          <p className={progress.state === 'failed' ? 'bad' : 'mute'}>
            {done ? t('runs.done') : progress.state === 'failed' ? t('runs.failed', { why: progress.problem?.title ?? '' }) : t('runs.computing', { text: progress.text })}
          </p>
        )}
        {going && <progress aria-label={t('runs.new')} max={progress.total || undefined} value={progress.total ? progress.done : undefined} />}
      </div>
    </Block>
  );
}
