// What does the customers' page ask for, by what its address says?

import { CUSTOMERS_AT_ONCE, type CustomerQuery, customerColumns, customersAt } from '@/api/queries';
import type { CustomerColumn, CustomerRow } from '@/api/types';
import { useAddress } from '@/parts/search';
import { useQueries, useQuery } from '@tanstack/react-query';
import { useEffect, useMemo, useState } from 'react';

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

export function useAsked(): CustomerQuery {
  const { sort, where, q, run } = useAddress();
  const { all } = useColumns();
  const first = all.some((column) => column.key === 'value') ? DEFAULT_SORT : undefined;
  return useMemo(() => ({ sort: sort ?? first, where, q, run }), [sort, first, where, q, run]);
}

/** The beginning of the list, by which its length is known. */
export function useBeginning(asked: CustomerQuery) {
  return useQuery(customersAt(asked, 0));
}

const SETTLED = 60;

/** The rows from one place to another, as far as they are here; they are fetched once the scrolling rests a moment. */
export function useRows(asked: CustomerQuery, from: number, to: number): (place: number) => CustomerRow | undefined {
  const [first, last] = useResting(Math.floor(from / CUSTOMERS_AT_ONCE), Math.floor(Math.max(from, to - 1) / CUSTOMERS_AT_ONCE));
  const pieces = Array.from({ length: last - first + 1 }, (_, n) => first + n);
  const found = useQueries({ queries: pieces.map((piece) => customersAt(asked, piece)) });
  return (place) => found[Math.floor(place / CUSTOMERS_AT_ONCE) - first]?.data?.items[place % CUSTOMERS_AT_ONCE];
}

function useResting(first: number, last: number): [number, number] {
  const [resting, setResting] = useState<[number, number]>([first, last]);
  useEffect(() => {
    const wait = setTimeout(() => setResting([first, last]), SETTLED);
    return () => clearTimeout(wait);
  }, [first, last]);
  return resting;
}
