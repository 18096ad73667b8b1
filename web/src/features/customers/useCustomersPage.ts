// What does the customers' page ask for, by what its address says?

import { customerColumns, customers } from '@/api/queries';
import type { CustomerColumn } from '@/api/types';
import { useAddress } from '@/parts/search';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';

export const DEFAULT_SORT = '-value';
const FIRST = ['name', 'value', 'satisfaction', 'stance', 'profit_12m', 'cost_to_serve_12m', 'p_alive', 'segment'];

export function useColumns(): { all: CustomerColumn[]; shown: CustomerColumn[] } {
  const { data } = useQuery(customerColumns());
  const { columns } = useAddress();
  return useMemo(() => {
    const all = data ?? [];
    const chosen = columns ? columns.split(',') : FIRST;
    const shown = chosen.map((key) => all.find((column) => column.key === key)).filter((column) => column !== undefined);
    return { all, shown: shown.length > 0 ? shown : all.slice(0, 8) };
  }, [data, columns]);
}

export function useCustomers() {
  const { sort, where, q, run } = useAddress();
  const { all } = useColumns();
  const first = all.some((column) => column.key === 'value') ? DEFAULT_SORT : undefined;
  return useInfiniteQuery(customers({ sort: sort ?? first, where, q, run }));
}
