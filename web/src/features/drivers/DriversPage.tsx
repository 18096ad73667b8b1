// What matters to customers, how well do we do it, and what should we try to strengthen?

import { report } from '@/api/queries';
import type { PageView, TableView } from '@/api/types';
import { type Driver, DriverMap } from '@/charts/DriverMap';
import { type Whisker, Whiskers } from '@/charts/Whiskers';
import { onAxis, share } from '@/lib/numbers';
import { capital, readable, spoken } from '@/lib/text';
import { Ask } from '@/parts/Ask';
import { Block } from '@/parts/Block';
import { Cautions } from '@/parts/Cautions';
import { rowsOf, tableOf } from '@/parts/cells';
import { ChartBlock } from '@/parts/ChartBlock';
import { Grade } from '@/parts/Grade';
import { Loaded } from '@/parts/Loaded';
import { PageHead } from '@/parts/PageHead';
import { ReportFoot } from '@/parts/ReportFoot';
import { TableBlock } from '@/parts/ReportTable';
import { useAddress } from '@/parts/search';
import { useLocale } from '@/parts/useLocale';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';

export function DriversPage() {
  const { run } = useAddress();
  const asked = useQuery(report('drivers', run));
  return <Loaded of={asked}>{(page) => <Drivers page={page} />}</Loaded>;
}

const DRAWN = new Set(['drivers.map', 'drivers.shapes']);

function Drivers({ page }: { page: PageView }) {
  const { t } = useTranslation();
  const locale = useLocale();
  const [sentence = t('report.nothing'), because, ...more] = page.sentences;
  const map = tableOf(page.tables, 'drivers.map');
  const shapes = tableOf(page.tables, 'drivers.shapes');
  const named = (key: string) => capital(readable(key));
  return (
    <>
      <PageHead name={t('nav.pages.drivers')} sentence={spoken(sentence)} because={because} />
      {map && (
        <ChartBlock title={t('drivers.map')} table={map} word="drivers" run={page.run}>
          <DriverMap
            drivers={driversOf(map)}
            label={t('drivers.map_label')}
            xLabel={t('drivers.performance')}
            yLabel={t('drivers.importance')}
            corner={t('drivers.corner')}
            onX={(value) => onAxis(value, 'points', locale)}
            onY={(value) => share(value, locale, 0)}
          />
          <p className="small mute chartnote">{t('drivers.map_note')}</p>
        </ChartBlock>
      )}
      {map && <First map={map} page={page} />}
      <section className="block rows narrow" aria-label={t('report.more')}>
        {more.map((one) => (
          <p key={one}>{spoken(one)}</p>
        ))}
      </section>
      {shapes && (
        <ChartBlock title={t('drivers.shape')} table={shapes} word="drivers" run={page.run}>
          <p className="mute chartnote">{t('drivers.shape_note')}</p>
          <Whiskers rows={asymmetry(shapes, named)} label={t('drivers.shape')} unit={t('drivers.asymmetry')} onAxis={(value) => onAxis(value, 'points', locale)} />
        </ChartBlock>
      )}
      {page.tables.filter((table) => !DRAWN.has(table.key)).map((table) => (
        <TableBlock key={table.key} table={table} word="drivers" run={page.run} />
      ))}
      <Cautions cautions={page.cautions} />
      <ReportFoot word="drivers" run={page.run} asOf={page.as_of} />
    </>
  );
}

function First({ map, page }: { map: TableView; page: PageView }) {
  const { t } = useTranslation();
  const rows = rowsOf(map).filter((row) => row.key('verdict') === 'strengthen');
  if (rows.length === 0) return null;
  return (
    <Block title={t('drivers.first')}>
      <ul className="rows">
        {rows.map((row) => {
          const name = row.key('attribute') ?? '';
          const effect = page.figures.find((figure) => figure.key === `drivers.${name}.effect`);
          return (
            <li key={name} className="todo">
              <span className="what">
                <strong>{capital(readable(row.text('attribute')))}</strong>
                <br />
                <span className="mute">{t('drivers.stands_at', { performance: row.text('performance'), interval: row.text('performance_range') })}</span>
              </span>
              <span className="worth">
                <strong>{row.text('importance')}</strong>
                <span className="small mute">{row.text('importance_range')}</span>
              </span>
              {effect?.grade && <Grade grade={effect.grade} />}
              {effect && <Ask figure={effect.key} label={effect.label} />}
            </li>
          );
        })}
      </ul>
      <p className="mute chartnote">{t('drivers.first_note')}</p>
    </Block>
  );
}

function driversOf(table: TableView): Driver[] {
  return rowsOf(table).flatMap((row) => {
    const importance = row.number('importance');
    const performance = row.number('performance');
    const importanceRange = row.range('importance_range');
    const performanceRange = row.range('performance_range');
    if (importance === null || performance === null || !importanceRange || !performanceRange) return [];
    const key = row.key('attribute') ?? '';
    return [{ key, label: capital(readable(row.text('attribute'))), importance, performance, importanceRange, performanceRange, strengthen: row.key('verdict') === 'strengthen' }];
  });
}

function asymmetry(table: TableView, named: (key: string) => string): Whisker[] {
  return rowsOf(table).flatMap((row) => {
    const value = row.number('asymmetry');
    const range = row.range('asymmetry_range');
    if (value === null || !range) return [];
    const key = row.key('attribute') ?? '';
    return [{ key, label: named(row.text('attribute')), value, lower: range[0], upper: range[1], text: `${row.text('asymmetry')} (${row.text('asymmetry_range')})` }];
  });
}
