// Where do the customers lie, by worth and by loyalty? Drawing a rectangle filters the table.

import { scatter } from '@/api/queries';
import type { CustomerColumn, ScatterView } from '@/api/types';
import { Scatter, type ScatterSeries } from '@/charts/Scatter';
import { parseFilters, rangeFilters, replaceFilters } from '@/lib/filters';
import { count, isMoney, moneyWord, onAxis } from '@/lib/numbers';
import { ProblemBox } from '@/parts/ProblemBox';
import { useAddress, useSetAddress } from '@/parts/search';
import { useLocale } from '@/parts/useLocale';
import { useQuery } from '@tanstack/react-query';
import { useCallback, useMemo } from 'react';
import { useTranslation } from 'react-i18next';

const STANCES = [
  { key: 'stop', color: 'tomato', symbol: 'emptyCircle' },
  { key: 'refine', color: 'sun', symbol: 'rect' },
  { key: 'grow', color: 'green', symbol: 'circle' },
] as const;

export function CustomerScatter({ columns }: { columns: CustomerColumn[] }) {
  const { t } = useTranslation();
  const locale = useLocale();
  const address = useAddress();
  const set = useSetAddress();
  const numbers = columns.filter((column) => column.kind === 'number');
  const x = pick(numbers, address.x, ['value', 'profit_12m']);
  const y = pick(numbers, address.y, ['satisfaction', 'p_alive']);
  const others = useMemo(() => parseFilters(address.where).filter((filter) => filter.column !== x?.key && filter.column !== y?.key), [address.where, x?.key, y?.key]);
  const asked = useQuery({
    ...scatter({ x: x?.key ?? '', y: y?.key ?? '', color: 'stance', where: others.map((filter) => `${filter.column}:${filter.op}:${filter.value}`), q: address.q, run: address.run }),
    enabled: Boolean(x && y),
  });
  const words = columns.find((column) => column.key === 'stance')?.words;
  const series = useMemo(() => seriesOf(asked.data, (key) => words?.find((word) => word.value === key)?.label ?? key), [asked.data, words]);
  const sayX = useCallback((value: number) => onAxis(value, x?.unit ?? '', locale), [x?.unit, locale]);
  const sayY = useCallback((value: number) => onAxis(value, y?.unit ?? '', locale), [y?.unit, locale]);
  if (asked.error && !asked.data) return <ProblemBox error={asked.error} again={() => void asked.refetch()} whole={false} />;
  if (!x || !y) return <div className="scatterroom" />;
  const selected = rangeIn(address.where, x.key, y.key);
  const known = series.reduce((sum, one) => sum + one.x.length, 0);
  return (
    <div className="scatterroom">
      <div className="scatterhead">
        <AxisChoice label={t('customers.across')} value={x.key} columns={numbers} onChoose={(key) => set({ x: key }, { replace: true })} />
        <AxisChoice label={t('customers.upwards')} value={y.key} columns={numbers} onChoose={(key) => set({ y: key }, { replace: true })} />
        <ul className="legend">
          {[...STANCES].reverse().map((stance) => (
            <li key={stance.key}>
              <i className={stance.key} aria-hidden="true" /> {words?.find((word) => word.value === stance.key)?.label ?? stance.key}
            </li>
          ))}
        </ul>
      </div>
      <Scatter
        series={series}
        label={t('customers.scatter_label', { x: x.label, y: y.label, n: count(known, locale) })}
        xLabel={axisName(x, locale)}
        yLabel={axisName(y, locale)}
        onX={sayX}
        onY={sayY}
        selected={selected}
        sayOutside={(n) => t('customers.outside', { n: count(n, locale) })}
        onSelect={(range) =>
          set({ where: replaceFilters(address.where, [x.key, y.key], range ? [...rangeFilters(x.key, ...range.x), ...rangeFilters(y.key, ...range.y)] : []) })
        }
      />
      <p className="small mute">
        {t('customers.brush_help', { shown: count(known, locale), total: count(asked.data?.total ?? 0, locale) })}
      </p>
    </div>
  );
}

/** Swedish ticks carry kr and tkr; English ones are bare, so the name says the currency. */
function axisName(column: CustomerColumn, locale: 'sv' | 'en'): string {
  return locale === 'en' && isMoney(column.unit) ? `${column.label}, ${moneyWord(column.unit, locale)}` : column.label;
}

function AxisChoice({ label, value, columns, onChoose }: { label: string; value: string; columns: CustomerColumn[]; onChoose: (key: string) => void }) {
  return (
    <label className="axischoice">
      <span>{label}</span>
      <select value={value} onChange={(event) => onChoose(event.target.value)}>
        {columns.map((column) => (
          <option key={column.key} value={column.key}>
            {column.label}
          </option>
        ))}
      </select>
    </label>
  );
}

function pick(columns: CustomerColumn[], asked: string | undefined, usual: string[]): CustomerColumn | undefined {
  for (const key of [asked, ...usual]) {
    const found = columns.find((column) => column.key === key);
    if (found) return found;
  }
  return columns[0];
}

function seriesOf(view: ScatterView | undefined, label: (key: string) => string): ScatterSeries[] {
  const all = STANCES.map((stance) => ({ name: label(stance.key), color: stance.color, symbol: stance.symbol, x: [] as number[], y: [] as number[] }));
  const none: ScatterSeries = { name: '', color: 'mute', symbol: 'circle', x: [], y: [] };
  for (let at = 0; at < (view?.x.length ?? 0); at++) {
    const x = view?.x[at];
    const y = view?.y[at];
    if (typeof x !== 'number' || typeof y !== 'number') continue;
    const place = STANCES.findIndex((stance) => stance.key === view?.color[at]);
    const series = all[place] ?? none;
    series.x.push(x);
    series.y.push(y);
  }
  return [none, ...all];
}

/** The rectangle that the address already holds. */
function rangeIn(where: string[] | undefined, x: string, y: string): { x: [number, number]; y: [number, number] } | null {
  const filters = parseFilters(where);
  const end = (column: string, op: string) => {
    const found = filters.find((filter) => filter.column === column && filter.op === op);
    return found ? Number(found.value) : null;
  };
  const ends = [end(x, 'ge'), end(x, 'le'), end(y, 'ge'), end(y, 'le')];
  const [x0, x1, y0, y1] = ends;
  if (x0 == null || x1 == null || y0 == null || y1 == null) return null;
  return { x: [x0, x1], y: [y0, y1] };
}
