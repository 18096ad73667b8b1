// Which tables are better seen than read? Each keeps its table one press away.

import type { TableView } from '@/api/types';
import { Bars } from '@/charts/Bars';
import { Line } from '@/charts/Line';
import { Waterfall } from '@/charts/Waterfall';
import { Whiskers } from '@/charts/Whiskers';
import { exact, onAxis } from '@/lib/numbers';
import { capital, readable } from '@/lib/text';
import { bridgeOf } from './bridge';
import { rowsOf } from './cells';
import { ChartBlock } from './ChartBlock';
import { useLocale } from './useLocale';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

interface Picture {
  table: TableView;
  word: string;
  run: string;
}

const PICTURES: Record<string, (picture: Picture) => ReactNode> = {
  'value.bridge': (picture) => <BridgePicture {...picture} step="value.step" amount="value.amount" />,
  'profit.waterfall': (picture) => <BridgePicture {...picture} step="profit.step" amount="profit.amount" />,
  'profit.whale': (picture) => <WhalePicture {...picture} />,
  'value.calibration': (picture) => <CalibrationPicture {...picture} />,
  'loyalty.map': (picture) => <FieldsPicture {...picture} />,
  'loyalty.by_line': (picture) => <LinePicture {...picture} x="loyalty.line" y="loyalty.share_at_line" />,
  'incidents.course': (picture) => <CoursesPicture {...picture} by="incidents.ending" x="incidents.quarter" y="incidents.purchases" />,
  'timing.course': (picture) => <CoursesPicture {...picture} by="effects.activity" x="timing.months" y="timing.stay" />,
  'deals.heartbeat': (picture) => <BarsPicture {...picture} name="deals.working_days_left" value="deals.net_per_day" />,
  'deals.waterfall': (picture) => <BridgePicture {...picture} step="deals.step" amount="deals.last_year" />,
  'allocation.frontier': (picture) => <LinePicture {...picture} x="allocation.budget" y="allocation.net_change" />,
  'targets.steps': (picture) => <LinePicture {...picture} x="targets.retention" y="targets.net" />,
  'service_level.curves': (picture) => <CoursesPicture {...picture} by="service_level.reason" x="service_level.minutes" y="service_level.solved" />,
};

export function pictureOf(table: TableView, word: string, run: string): ReactNode | null {
  if (table.rows.length < 2) return null;
  const drawn = PICTURES[table.key]?.({ table, word, run }) ?? estimates({ table, word, run });
  return drawn && <div key={table.key}>{drawn}</div>;
}

const MOST_ESTIMATES = 24;

/** Any table whose rows have an estimate with an interval is drawn as such; which columns those are, their keys tell. */
export function estimateOf(table: TableView): { value: string; range: string; unit: string } | null {
  const keys = table.columns.map((column) => column.key);
  for (const { key, unit } of table.columns) {
    const stem = key.replace(/_effect$/, '');
    const range = [`${key}_range`, `${stem}_range`].find((other) => keys.includes(other));
    const rows = rowsOf(table);
    if (range && rows.filter((row) => row.number(key) !== null && row.range(range)).length > 1) return { value: key, range, unit };
  }
  return null;
}

function estimates({ table, word, run }: Picture): ReactNode | null {
  const found = estimateOf(table);
  const first = table.columns[0];
  if (!found || !first || first.unit !== 'text' || table.rows.length > MOST_ESTIMATES) return null;
  return <EstimatesPicture table={table} word={word} run={run} name={first.key} {...found} />;
}

function EstimatesPicture({ table, word, run, name, value, range, unit }: Picture & { name: string; value: string; range: string; unit: string }) {
  const locale = useLocale();
  const rows = rowsOf(table).flatMap((row, at) => {
    const [estimate, ends] = [row.number(value), row.range(range)];
    const label = capital(readable(row.text(name)));
    return estimate === null || !ends ? [] : [{ key: `${at}`, label, value: estimate, lower: ends[0], upper: ends[1], text: `${label}: ${row.text(value)} (${row.text(range)})` }];
  });
  const heading = headingOf(table, value);
  return (
    <ChartBlock title={table.title} table={table} word={word} run={run}>
      <Whiskers rows={rows} label={table.title} unit={heading} onAxis={(tick) => onAxis(tick, unit, locale)} zero={rows.some((row) => row.lower < 0)} />
    </ChartBlock>
  );
}

function headingOf(table: TableView, key: string): string {
  return table.headings[table.columns.findIndex((column) => column.key === key)] ?? '';
}

function unitOf(table: TableView, key: string): string {
  return table.columns.find((column) => column.key === key)?.unit ?? 'ratio';
}

/** What customers want against what they do, with the money that stands in each field. */
function FieldsPicture({ table, word, run }: Picture) {
  const rows = rowsOf(table);
  return (
    <ChartBlock title={table.title} table={table} word={word} run={run}>
      <ul className="fields">
        {rows.map((row, at) => {
          const share = row.number('loyalty.field_share') ?? 0;
          return (
            <li key={row.key('loyalty.field') ?? at}>
              <h3>{capital(row.text('loyalty.field'))}</h3>
              <p className="amount">{row.text('loyalty.field_value')}</p>
              <meter min={0} max={1} value={share} aria-label={headingOf(table, 'loyalty.field_share')}>
                {row.text('loyalty.field_share')}
              </meter>
              <p className="small mute">
                {row.text('loyalty.field_share')} ({row.text('loyalty.field_share_range')}) · {row.text('loyalty.active_customers')} {headingOf(table, 'loyalty.active_customers').toLocaleLowerCase()}
              </p>
            </li>
          );
        })}
      </ul>
    </ChartBlock>
  );
}

function LinePicture({ table, word, run, x, y }: Picture & { x: string; y: string }) {
  const locale = useLocale();
  const rows = rowsOf(table).filter((row) => row.number(x) !== null && row.number(y) !== null);
  if (rows.length < 2) return null;
  return (
    <ChartBlock title={table.title} table={table} word={word} run={run}>
      <Line
        label={table.title}
        x={rows.map((row) => row.number(x) ?? 0)}
        y={rows.map((row) => row.number(y) ?? 0)}
        xLabel={headingOf(table, x)}
        yLabel={headingOf(table, y)}
        onX={(value) => onAxis(value, unitOf(table, x), locale)}
        onY={(value) => onAxis(value, unitOf(table, y), locale)}
      />
    </ChartBlock>
  );
}

const MOST_COURSES = 8;

/** One small picture per group, all on the same course of time. */
function CoursesPicture({ table, word, run, by, x, y }: Picture & { by: string; x: string; y: string }) {
  const locale = useLocale();
  const groups = new Map<string, { x: number; y: number }[]>();
  for (const row of rowsOf(table)) {
    const [at, value] = [row.number(x), row.number(y)];
    if (at !== null && value !== null) groups.set(row.text(by), [...(groups.get(row.text(by)) ?? []), { x: at, y: value }]);
  }
  const drawn = [...groups].filter(([, points]) => points.length > 1).slice(0, MOST_COURSES);
  if (drawn.length === 0) return null;
  return (
    <ChartBlock title={table.title} table={table} word={word} run={run}>
      <div className="columns even">
        {drawn.map(([name, points]) => (
          <figure key={name}>
            <figcaption>{capital(readable(name))}</figcaption>
            <Line
              label={`${table.title}: ${name}`}
              x={points.map((point) => point.x)}
              y={points.map((point) => point.y)}
              xLabel={headingOf(table, x)}
              yLabel={headingOf(table, y)}
              onX={(value) => onAxis(value, unitOf(table, x), locale)}
              onY={(value) => onAxis(value, unitOf(table, y), locale)}
            />
          </figure>
        ))}
      </div>
    </ChartBlock>
  );
}

function BarsPicture({ table, word, run, name, value }: Picture & { name: string; value: string }) {
  const locale = useLocale();
  const unit = unitOf(table, value);
  const bars = rowsOf(table).flatMap((row, at) => {
    const amount = row.number(value);
    return amount === null ? [] : [{ key: `${at}`, label: row.text(name), value: amount, text: exact(amount, unit, locale) }];
  });
  return (
    <ChartBlock title={table.title} table={table} word={word} run={run}>
      <Bars bars={bars} label={table.title} xLabel={headingOf(table, name)} yLabel={headingOf(table, value)} onY={(tick) => onAxis(tick, unit, locale)} />
    </ChartBlock>
  );
}

const MOST_STEPS = 12;

function BridgePicture({ table, word, run, step, amount }: Picture & { step: string; amount: string }) {
  const { t } = useTranslation();
  const locale = useLocale();
  const { steps: every, unit } = bridgeOf(table, step, amount, 'value.range', locale);
  const steps = every.filter((one) => one.total || one.amount !== 0);
  return (
    <ChartBlock title={`${table.title}, ${unit}`} table={table} word={word} run={run}>
      {steps.length <= MOST_STEPS ? (
        <Waterfall steps={steps} label={table.title} sayFloor={(floor) => t('chart.floor', { floor: onAxis(floor, 'money', locale) })} />
      ) : (
        // A wide picture scrolls within itself, also from the keyboard.
        // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex
        <div className="scrollx" role="group" aria-label={table.title} tabIndex={0}>
          <div className="widepicture">
            <Waterfall steps={steps} label={table.title} sayFloor={(floor) => t('chart.floor', { floor: onAxis(floor, 'money', locale) })} />
          </div>
        </div>
      )}
    </ChartBlock>
  );
}

function WhalePicture({ table, word, run }: Picture) {
  const { t } = useTranslation();
  const locale = useLocale();
  const rows = rowsOf(table);
  return (
    <ChartBlock title={table.title} table={table} word={word} run={run}>
      <Line
        label={table.title}
        x={[0, ...rows.map((row) => row.number('profit.customers_share') ?? 0)]}
        y={[0, ...rows.map((row) => row.number('profit.share_of_profit') ?? 0)]}
        xLabel={t('chart.share_of_customers')}
        yLabel={t('chart.share_of_profit')}
        onX={(value) => onAxis(value, 'share', locale)}
        onY={(value) => onAxis(value, 'share', locale)}
        level={1}
      />
    </ChartBlock>
  );
}

function CalibrationPicture({ table, word, run }: Picture) {
  const { t } = useTranslation();
  const locale = useLocale();
  const rows = rowsOf(table);
  return (
    <ChartBlock title={table.title} table={table} word={word} run={run}>
      <Line
        label={table.title}
        x={rows.map((row) => row.number('value.decile') ?? 0)}
        y={rows.map((row) => row.number('value.made_mean') ?? 0)}
        name={t('chart.made')}
        against={{ y: rows.map((row) => row.number('value.forecast_mean') ?? 0), label: t('chart.forecast') }}
        xLabel={t('chart.decile')}
        yLabel={t('chart.purchases_per_customer')}
        onX={(value) => onAxis(value, 'count', locale)}
        onY={(value) => onAxis(value, 'points', locale)}
      />
    </ChartBlock>
  );
}
