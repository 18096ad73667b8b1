// A picture with its table one press away; which of them is open stands in the address.

import type { TableView } from '@/api/types';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Block } from './Block';
import { ReportTable, TableLinks } from './ReportTable';
import { type Search, useAddress } from './search';

interface Props {
  title: string;
  table: TableView;
  word: string;
  run: string;
  /** Not the run's own table but an answer made just now. */
  live?: boolean;
  children: ReactNode;
}

export function ChartBlock({ title, table, word, run, live = false, children }: Props) {
  const { t } = useTranslation();
  const open = useAddress().table === table.key;
  return (
    <Block
      title={title}
      linksLabel={t('table.out', { title })}
      links={
        <>
          <Link
            to="."
            search={((before: Search) => ({ ...before, table: open ? undefined : table.key })) as never}
            resetScroll={false}
            replace
            aria-expanded={open}
            role="button"
          >
            {open ? t('table.hide') : t('table.show')}
          </Link>
          <TableLinks table={table} word={word} run={run} live={live} />
        </>
      }
    >
      {children}
      {open && (
        <div className="beside">
          <ReportTable table={table} />
        </div>
      )}
    </Block>
  );
}
