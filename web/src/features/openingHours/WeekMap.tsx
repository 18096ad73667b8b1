// When do customers come? The week, hour by hour; hours never open are hatched.

import type { TableView } from '@/api/types';
import { capital } from '@/lib/text';
import { type Row, rowsOf } from '@/parts/cells';
import { ChartBlock } from '@/parts/ChartBlock';
import { useTranslation } from 'react-i18next';

export function WeekMap({ table, run }: { table: TableView; run: string }) {
  const { t } = useTranslation();
  const rows = rowsOf(table);
  const days = unique(rows, 'opening_hours.day');
  const hours = unique(rows, 'opening_hours.hour');
  const most = Math.max(1, ...rows.map((row) => row.number('opening_hours.contacts') ?? 0));
  const at = (day: string, hour: string) => rows.find((row) => row.text('opening_hours.day') === day && row.text('opening_hours.hour') === hour);
  return (
    <ChartBlock title={table.title} table={table} word="opening_hours" run={run}>
      {/* A wide picture scrolls within itself, also from the keyboard. */}
      {/* eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
      <div className="scrollx weekbox" role="group" aria-label={table.title} tabIndex={0}>
        <table className="week">
          <caption className="small mute">{t('opening_hours.map')}</caption>
          <thead>
            <tr>
              <td />
              {hours.map((hour) => (
                <th key={hour} scope="col">
                  {hour.slice(0, 2)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {days.map((day) => (
              <tr key={day}>
                <th scope="row">{capital(day)}</th>
                {hours.map((hour) => (
                  <Hour key={hour} row={at(day, hour)} most={most} />
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </ChartBlock>
  );
}

function Hour({ row, most }: { row: Row | undefined; most: number }) {
  if (row?.key('opening_hours.state') !== 'hour.open') return <td className="shut">–</td>;
  const contacts = row.number('opening_hours.contacts') ?? 0;
  return <td style={{ '--load': `${Math.round((60 * contacts) / most)}%` } as React.CSSProperties}>{row.text('opening_hours.contacts')}</td>;
}

function unique(rows: Row[], key: string): string[] {
  return [...new Set(rows.map((row) => row.text(key)))];
}
