// Which tables are better seen than read? Each keeps its table one press away.

import type { TableView } from '@/api/types';
import { Line } from '@/charts/Line';
import { Waterfall } from '@/charts/Waterfall';
import { onAxis } from '@/lib/numbers';
import { bridgeOf } from '@/parts/bridge';
import { rowsOf } from '@/parts/cells';
import { ChartBlock } from '@/parts/ChartBlock';
import { useLocale } from '@/parts/useLocale';
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
};

export function pictureOf(table: TableView, word: string, run: string): ReactNode | null {
  const picture = PICTURES[table.key];
  return picture && table.rows.length > 1 ? <div key={table.key}>{picture({ table, word, run })}</div> : null;
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
