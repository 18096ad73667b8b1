// What can be asked of the API, and how long does an answer stand?

import { currentLanguage } from '@/i18n/language';
import { infiniteQueryOptions, keepPreviousData, queryOptions } from '@tanstack/react-query';
import { client, rememberCsrf, taken } from './client';
import type { CustomerRow, CustomerView, PageView, PlanAsked, ScatterView, TrialPlanView } from './types';

const MINUTE = 60_000;

/** Every key begins with the language: the texts of an answer are in it. */
function key(...parts: unknown[]): unknown[] {
  return [currentLanguage(), ...parts];
}

export const status = () =>
  queryOptions({ queryKey: key('status'), queryFn: () => taken(client.GET('/api/v1/status')), staleTime: MINUTE });

export const session = () =>
  queryOptions({
    queryKey: ['session'],
    queryFn: async () => {
      const found = await taken(client.GET('/api/v1/session'));
      rememberCsrf(found.csrf);
      return found;
    },
    retry: false,
    staleTime: 5 * MINUTE,
  });

/** A run never changes, so neither does a report of it; without a run it is the latest one's. */
export const report = (word: string, run?: string) =>
  queryOptions({
    queryKey: key('report', word, run),
    queryFn: async () => (await taken(client.GET('/api/v1/reports/{word}', { params: { path: { word }, query: { run } } }))) as PageView,
    staleTime: run ? Infinity : MINUTE,
  });

/** The answer of a run to other handling times; what was answered before stands while the next is on its way. */
export const whatIf = (minutes: Record<string, number>, run: string) =>
  queryOptions({
    queryKey: key('what-if', minutes, run),
    queryFn: async () =>
      (await taken(client.GET('/api/v1/what-if', { params: { query: { run, minutes: Object.entries(minutes).map(([reason, n]) => `${reason}=${n}`) } } }))) as PageView,
    placeholderData: keepPreviousData,
    staleTime: Infinity,
  });

/** Where other money or other limits lead; what was answered before stands while the next is on its way. */
export const reallocation = (plan: PlanAsked, run: string) =>
  queryOptions({
    queryKey: key('reallocation', plan, run),
    queryFn: async () => (await taken(client.GET('/api/v1/reallocation', { params: { query: { run, ...plan } } }))) as PageView,
    placeholderData: keepPreviousData,
    staleTime: Infinity,
    retry: false,
  });

export const trials = () => queryOptions({ queryKey: key('trials'), queryFn: () => taken(client.GET('/api/v1/trials')), staleTime: MINUTE });

/** How large a plan's trial must be; what was answered before stands while the next is on its way. */
export const sizeOfTrial = (plan: TrialPlanView | null) =>
  queryOptions({
    queryKey: key('trial-size', plan),
    queryFn: () => taken(client.POST('/api/v1/trials/design', { body: plan as TrialPlanView })),
    placeholderData: keepPreviousData,
    retry: false,
    staleTime: MINUTE,
  });

export const figure = (figureKey: string, run?: string) =>
  queryOptions({
    queryKey: key('figure', figureKey, run),
    queryFn: () => taken(client.GET('/api/v1/figures/{key}', { params: { path: { key: figureKey }, query: { run } } })),
    staleTime: MINUTE,
  });

export const rows = (figureKey: string, run?: string, limit = 20) =>
  queryOptions({
    queryKey: key('rows', figureKey, run, limit),
    queryFn: () => taken(client.GET('/api/v1/figures/{key}/rows', { params: { path: { key: figureKey }, query: { run, limit } } })),
    staleTime: MINUTE,
  });

export const runs = () =>
  queryOptions({ queryKey: key('runs'), queryFn: () => taken(client.GET('/api/v1/runs', { params: { query: { limit: 200 } } })), staleTime: MINUTE });

export const changes = (a: string, b: string) =>
  queryOptions({
    queryKey: key('changes', a, b),
    queryFn: () => taken(client.GET('/api/v1/runs/{a}/changes/{b}', { params: { path: { a, b } } })),
    staleTime: Infinity,
  });

export interface CustomerQuery {
  sort?: string | undefined;
  where?: string[] | undefined;
  q?: string | undefined;
  run?: string | undefined;
}

export const customerColumns = () =>
  queryOptions({
    queryKey: key('customer-columns'),
    queryFn: () => taken(client.GET('/api/v1/customers/columns')),
    staleTime: 10 * MINUTE,
  });

export const customers = (asked: CustomerQuery, limit = 200) =>
  infiniteQueryOptions({
    queryKey: key('customers', asked, limit),
    queryFn: async ({ pageParam }) =>
      asRows(await taken(client.GET('/api/v1/customers', { params: { query: { ...asked, limit, cursor: pageParam ?? undefined } } }))),
    initialPageParam: null as string | null,
    getNextPageParam: (last) => last.next_cursor,
    placeholderData: keepPreviousData,
    staleTime: MINUTE,
  });

/** Customers fetched at once by the long table. */
export const CUSTOMERS_AT_ONCE = 100;

/** A piece of the long table, wherever in it somebody looks; pieces out of sight are soon forgotten. */
export const customersAt = (asked: CustomerQuery, piece: number) =>
  queryOptions({
    queryKey: key('customers-at', asked, piece),
    queryFn: async ({ signal }) => {
      const query = { ...asked, limit: CUSTOMERS_AT_ONCE, after: piece * CUSTOMERS_AT_ONCE || undefined };
      return asRows(await taken(client.GET('/api/v1/customers', { params: { query }, signal })));
    },
    placeholderData: piece === 0 ? keepPreviousData : undefined,
    staleTime: MINUTE,
    gcTime: MINUTE,
  });

/** The document says only that a row is an object. */
function asRows<T extends { items: unknown[] }>(list: T): Omit<T, 'items'> & { items: CustomerRow[] } {
  return list as never;
}

export const scatter = (asked: CustomerQuery & { x: string; y: string; color: string }) =>
  queryOptions({
    queryKey: key('scatter', asked),
    queryFn: async () => (await taken(client.GET('/api/v1/customers/scatter', { params: { query: { ...asked, limit: 100_000 } } }))) as ScatterView,
    placeholderData: keepPreviousData,
    staleTime: MINUTE,
  });

export const customer = (id: string, run?: string) =>
  queryOptions({
    queryKey: key('customer', id, run),
    queryFn: async () => (await taken(client.GET('/api/v1/customers/{id}', { params: { path: { id }, query: { run } } }))) as CustomerView,
  });

export const views = (page: string) =>
  queryOptions({ queryKey: ['views', page], queryFn: () => taken(client.GET('/api/v1/views', { params: { query: { page } } })) });

export const decisions = (asked: { subject?: string; customer_id?: string; status?: string } = {}) =>
  queryOptions({
    queryKey: key('decisions', asked),
    queryFn: () => taken(client.GET('/api/v1/decisions', { params: { query: asked } })),
  });

export const coverage = (run?: string) =>
  queryOptions({ queryKey: key('coverage', run), queryFn: () => taken(client.GET('/api/v1/portfolio/coverage', { params: { query: { run } } })) });

export const proposal = (upload: string) =>
  queryOptions({
    queryKey: key('proposal', upload),
    queryFn: () => taken(client.GET('/api/v1/uploads/{id}/proposal', { params: { path: { id: upload } } })),
    staleTime: Infinity,
  });

export const preview = (upload: string, mapping: string) =>
  queryOptions({
    queryKey: key('preview', upload, mapping),
    queryFn: () => taken(client.POST('/api/v1/uploads/{id}/preview', { params: { path: { id: upload } }, body: { mapping } })),
    enabled: mapping !== '',
    placeholderData: keepPreviousData,
    staleTime: Infinity,
    retry: false,
  });

export const imports = () =>
  queryOptions({ queryKey: key('imports'), queryFn: () => taken(client.GET('/api/v1/imports', { params: { query: { limit: 100 } } })) });

export const rejects = (id: string) =>
  queryOptions({ queryKey: key('rejects', id), queryFn: () => taken(client.GET('/api/v1/imports/{id}/rejects', { params: { path: { id } } })) });

export const glossary = () =>
  queryOptions({ queryKey: key('glossary'), queryFn: () => taken(client.GET('/api/v1/glossary')), staleTime: Infinity });

export const methods = () =>
  queryOptions({ queryKey: key('methods'), queryFn: () => taken(client.GET('/api/v1/methods')), staleTime: Infinity });

export const method = (word: string) =>
  queryOptions({
    queryKey: key('method', word),
    queryFn: () => taken(client.GET('/api/v1/methods/{word}', { params: { path: { word } } })),
    staleTime: Infinity,
  });

export const people = () => queryOptions({ queryKey: ['people'], queryFn: () => taken(client.GET('/api/v1/people')) });
export const tokens = () => queryOptions({ queryKey: ['tokens'], queryFn: () => taken(client.GET('/api/v1/tokens')) });
export const units = () => queryOptions({ queryKey: ['units'], queryFn: () => taken(client.GET('/api/v1/units')), staleTime: MINUTE });
export const settings = () => queryOptions({ queryKey: ['settings'], queryFn: () => taken(client.GET('/api/v1/settings')) });

export const audit = () =>
  infiniteQueryOptions({
    queryKey: key('audit'),
    queryFn: ({ pageParam }) => taken(client.GET('/api/v1/audit', { params: { query: { limit: 100, cursor: pageParam ?? undefined } } })),
    initialPageParam: null as string | null,
    getNextPageParam: (last) => last.next_cursor,
  });
