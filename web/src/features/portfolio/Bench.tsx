// The bench where customers are looked at, one by one or many together, before someone decides.

import { customers as customersQuery, customerColumns } from '@/api/queries';
import type { CustomerRow } from '@/api/types';
import { count, exact, inUnit, share } from '@/lib/numbers';
import { paths } from '@/lib/paths';
import { Block } from '@/parts/Block';
import { CustomerDecision, STANCES, type Stance } from '@/parts/CustomerDecision';
import { Loaded } from '@/parts/Loaded';
import { useMay } from '@/parts/permissions';
import { useAddress, useSetAddress } from '@/parts/search';
import { useLocale } from '@/parts/useLocale';
import { Button } from '@/ui/Button';
import { Dialog } from '@/ui/Dialog';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Review } from './Review';

const PAGE = 25;

export function Bench({ run }: { run: string }) {
  const { t } = useTranslation();
  const { stance } = useAddress();
  const set = useSetAddress();
  const bed: Stance = STANCES.find((one) => one === stance) ?? 'stop';
  return (
    <Block
      title={t('portfolio.bench')}
      linksLabel={t('portfolio.beds')}
      links={STANCES.map((one) => (
        <button key={one} type="button" aria-pressed={bed === one} onClick={() => set({ stance: one }, { replace: true })}>
          {t(`stance.${one}`)}
        </button>
      ))}
    >
      <p className="mute chartnote">{t(`portfolio.bench_${bed}`)}</p>
      {bed === 'stop' && <p className="warn guard">{t('portfolio.guard')}</p>}
      <BedTable key={bed} bed={bed} run={run} />
    </Block>
  );
}

function BedTable({ bed, run }: { bed: Stance; run: string }) {
  const { t } = useTranslation();
  const locale = useLocale();
  const may = useMay();
  const [chosen, setChosen] = useState<Map<string, CustomerRow>>(new Map());
  const [deciding, setDeciding] = useState(false);
  const address = useAddress();
  const asked = useInfiniteQuery(customersQuery({ where: [`stance:eq:${bed}`], sort: bed === 'grow' ? '-value' : '-cost_to_serve_12m', run: address.run }, PAGE));
  const { data: columns } = useQuery(customerColumns());
  const rows = asked.data?.pages.flatMap((page) => page.items) ?? [];
  const label = (key: string) => columns?.find((column) => column.key === key)?.label ?? key;
  const toggle = (row: CustomerRow) => {
    const next = new Map(chosen);
    const id = String(row.customer_id);
    if (!next.delete(id)) next.set(id, row);
    setChosen(next);
  };
  const everyone = rows.length > 0 && rows.every((row) => chosen.has(String(row.customer_id)));
  const money = (row: CustomerRow, key: string) => {
    const value = row[key];
    return typeof value === 'number' ? <span title={exact(value, 'SEK', locale)}>{inUnit(value, 'money', locale)}</span> : '–';
  };
  return (
    <Loaded of={asked} rows={1}>
      {() => (
        <>
          {/* The region scrolls on a narrow screen. */}
          {/* eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
          <div className="tablebox tall" role="group" aria-label={t('portfolio.bench')} tabIndex={0}>
            <table>
              <thead>
                <tr>
                  <th scope="col" className="pick">
                    <input
                      type="checkbox"
                      aria-label={t('portfolio.choose_all')}
                      checked={everyone}
                      onChange={() => setChosen(everyone ? new Map() : new Map(rows.map((row) => [String(row.customer_id), row])))}
                    />
                  </th>
                  <th scope="col">{label('name')}</th>
                  <th scope="col">{label('kind')}</th>
                  <th scope="col" className="number">{label('keep_value')}</th>
                  <th scope="col" className="number">{label('cost_to_serve_12m')}</th>
                  <th scope="col" className="number">{label('profit_12m')}</th>
                  <th scope="col" className="number">{label('stance_probability')}</th>
                </tr>
              </thead>
              <tbody>
                {rows.map((row) => {
                  const id = String(row.customer_id);
                  const name = String(row.name ?? id);
                  return (
                    <tr key={id}>
                      <td className="pick">
                        <input type="checkbox" aria-label={t('portfolio.choose', { name })} checked={chosen.has(id)} onChange={() => toggle(row)} />
                      </td>
                      <th scope="row">
                        <Link to={paths.customer} params={{ id }} preload={false}>
                          {name}
                        </Link>
                      </th>
                      <td>{row.kind === 'person' ? t('customer.person') : row.kind === 'company' ? t('customer.company') : String(row.kind ?? '–')}</td>
                      <td className="number">{money(row, 'keep_value')}</td>
                      <td className="number">{money(row, 'cost_to_serve_12m')}</td>
                      <td className="number">{money(row, 'profit_12m')}</td>
                      <td className="number">{typeof row.stance_probability === 'number' ? share(row.stance_probability, locale, 0) : '–'}</td>
                    </tr>
                  );
                })}
              </tbody>
            </table>
          </div>
          <div className="actions benchfoot">
            <Button look="main" unable={!may('decide') ? t('decision.not_allowed') : chosen.size === 0 ? t('portfolio.choose_first') : null} onClick={() => setDeciding(true)}>
              {chosen.size > 1 ? t('portfolio.decide_many', { n: count(chosen.size, locale) }) : t('portfolio.decide')}
            </Button>
            {asked.hasNextPage && (
              <Button onClick={() => void asked.fetchNextPage()} unable={asked.isFetchingNextPage ? t('wait.reading') : null}>
                {t('portfolio.more')}
              </Button>
            )}
            <span className="mute small" role="status">
              {t('portfolio.chosen', { n: count(chosen.size, locale), total: count(asked.data?.pages[0]?.total ?? 0, locale) })}
            </span>
          </div>
          <Deciding
            open={deciding}
            bed={bed}
            run={run}
            rows={[...chosen.values()]}
            onClose={() => setDeciding(false)}
            onDone={() => {
              setDeciding(false);
              setChosen(new Map());
            }}
          />
        </>
      )}
    </Loaded>
  );
}

function Deciding({ open, bed, run, rows, onClose, onDone }: { open: boolean; bed: Stance; run: string; rows: CustomerRow[]; onClose: () => void; onDone: () => void }) {
  const { t } = useTranslation();
  const [reviewed, setReviewed] = useState<Set<string>>(new Set());
  const ids = rows.map((row) => String(row.customer_id));
  const unseen = rows.filter((row) => row.kind === 'person' && !reviewed.has(String(row.customer_id))).length;
  const refuse = (stance: Stance) => (stance === 'stop' && unseen > 0 ? t('portfolio.review_first', { n: unseen }) : null);
  return (
    <Dialog open={open} onClose={onClose} title={t('portfolio.decide_title', { n: rows.length })} closeLabel={t('act.close')} place="sheet">
      <Review rows={rows} reviewed={reviewed} onReviewed={(id) => setReviewed((before) => new Set([...before, id]))} />
      <CustomerDecision customerIds={ids} reviewed={ids.filter((id) => reviewed.has(id))} run={run} first={bed} refuse={refuse} onDone={onDone} />
    </Dialog>
  );
}
