// Which common beliefs hold here, which do not, and which cannot be told yet?

import { report } from '@/api/queries';
import type { PageView, TableView } from '@/api/types';
import { day } from '@/lib/dates';
import { count } from '@/lib/numbers';
import { capital } from '@/lib/text';
import { Ask } from '@/parts/Ask';
import { Block } from '@/parts/Block';
import { Cautions } from '@/parts/Cautions';
import { type Row, columnAt, rowsOf, tableOf } from '@/parts/cells';
import { Grade } from '@/parts/Grade';
import { Loaded } from '@/parts/Loaded';
import { PageHead } from '@/parts/PageHead';
import { ReportFoot } from '@/parts/ReportFoot';
import { TableBlock, TableLinks } from '@/parts/ReportTable';
import { useAddress, useSetAddress } from '@/parts/search';
import { useLocale } from '@/parts/useLocale';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { type Measured, measuredOf } from './measured';
import { Measure } from './Measure';

export function ClaimsPage() {
  const { run } = useAddress();
  const asked = useQuery(report('claims', run));
  return <Loaded of={asked}>{(page) => <Claims page={page} />}</Loaded>;
}

const VERDICTS = ['supported', 'not_supported', 'cannot_tell'] as const;
type Verdict = (typeof VERDICTS)[number];

interface Claim {
  key: string;
  claim: string;
  verdict: string;
  row: Row;
  measured: Measured | null;
  test: Row | undefined;
}

function Claims({ page }: { page: PageView }) {
  const { t } = useTranslation();
  const set = useSetAddress();
  const { verdict } = useAddress();
  const chosen = VERDICTS.find((one) => one === verdict);
  const register = tableOf(page.tables, 'claims.register');
  const tests = tableOf(page.tables, 'claims.tests');
  const claims = register ? claimsOf(register, tests) : [];
  const of = (verdict: Verdict) => claims.filter((one) => one.verdict === verdict).length;
  const shown = chosen ? claims.filter((one) => one.verdict === chosen) : claims;
  const [sentence = t('report.nothing')] = page.sentences;
  return (
    <>
      <PageHead name={page.title} crumb={page.title} sentence={sentence} because={t('claims.because')} />
      {register && (
        <Block title={t('claims.register')} linksLabel={t('table.out', { title: register.title })} links={<TableLinks table={register} word="claims" run={page.run} />}>
          <div className="segments wrap" role="group" aria-label={t('claims.filter')}>
            <button type="button" className="quiet" aria-pressed={!chosen} onClick={() => set({ verdict: undefined })}>
              {t('claims.all', { n: claims.length })}
            </button>
            {VERDICTS.map((one) => (
              <button key={one} type="button" className="quiet" aria-pressed={one === chosen} onClick={() => set({ verdict: one })}>
                {t(`claims.verdicts.${one}`)} {of(one)}
              </button>
            ))}
          </div>
          <ul className="rows plain claims" aria-live="polite">
            {shown.map((one) => (
              <Item key={one.key} one={one} known={page.figures.some((figure) => figure.key === one.key)} />
            ))}
          </ul>
        </Block>
      )}
      {tests && <TableBlock table={tests} word="claims" run={page.run} />}
      <Cautions cautions={page.cautions} />
      <ReportFoot word="claims" run={page.run} asOf={page.as_of} />
    </>
  );
}

function Item({ one, known }: { one: Claim; known: boolean }) {
  const { t } = useTranslation();
  const locale = useLocale();
  const { row, test } = one;
  const [n, nextOn] = [row.number('claims.n'), row.key('claims.next_on')];
  return (
    <li>
      <div>
        <h3>{t('claims.quoted', { claim: one.claim })}</h3>
        <p className="small mute">
          {t('claims.tested', { day: day(row.key('claims.tested_on') ?? '', locale), n: count(n ?? 0, locale) })} {test?.text('claims.source')}
        </p>
        <details>
          <summary>{t('claims.how')}</summary>
          <p>{test?.text('claims.test')}</p>
          {test?.text('claims.why_untold') !== '–' && <p>{test?.text('claims.why_untold')}</p>}
        </details>
      </div>
      <div>
        <p className={`claimverdict ${one.verdict}`}>
          {capital(row.text('claims.verdict'))} {row.text('claims.grade') !== '–' && <Grade grade={row.text('claims.grade')} />}
          {known && <Ask figure={one.key} label={one.claim} />}
        </p>
        {one.measured && <Measure of={one.measured} label={`${row.text('claims.size')}; ${row.text('claims.limit')}`} />}
        <p className="small">{row.text('claims.size') === '–' ? test?.text('claims.why_untold') : `${row.text('claims.size')} · ${t('claims.limit', { limit: row.text('claims.limit') })}`}</p>
        <p className="small mute">
          {t('claims.next')} {capital(row.text('claims.next'))}
          {nextOn && /^\d{4}-/.test(nextOn) ? `, ${day(nextOn, locale)}` : ''}.
        </p>
      </div>
    </li>
  );
}

function claimsOf(register: TableView, tests: TableView | undefined): Claim[] {
  const known = new Map((tests ? rowsOf(tests) : []).map((row) => [row.key('claims.claim'), row]));
  const [size, limit] = [columnAt(register, 'claims.size'), columnAt(register, 'claims.limit')];
  return rowsOf(register).map((row, at) => {
    const key = row.key('claims.claim') ?? '';
    return {
      key: key.replace(/^claim\./, 'claims.'),
      claim: row.text('claims.claim'),
      verdict: (row.key('claims.verdict') ?? '').replace(/^belief\./, ''),
      row,
      measured: measuredOf(register.rows[at]?.[size], register.rows[at]?.[limit]),
      test: known.get(key),
    };
  });
}
