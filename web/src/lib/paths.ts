// At which address is each page? A snapshot test holds them: an address that someone saved keeps working.

export const paths = {
  management: '/',
  customers: '/customers',
  customer: '/customers/$id',
  portfolio: '/portfolio',
  link: '/link',
  drivers: '/drivers',
  activities: '/activities',
  activity: '/activities/$id',
  trials: '/trials',
  trial: '/trials/$id',
  newTrial: '/new-trial',
  claims: '/claims',
  incidents: '/incidents',
  loyalty: '/loyalty',
  deals: '/deals',
  whatIf: '/what-if',
  delivery: '/delivery',
  openingHours: '/opening-hours',
  reallocation: '/reallocation',
  decisions: '/decisions',
  report: '/reports/$word',
  imports: '/import',
  upload: '/import/$upload',
  runs: '/runs',
  compare: '/runs/compare',
  glossary: '/glossary',
  methods: '/methods',
  method: '/methods/$word',
  administration: '/administration',
  administrationSection: '/administration/$section',
  signIn: '/sign-in',
  setUp: '/set-up',
  invitation: '/invitation',
} as const;

export type PageName = keyof typeof paths;

/** Capabilities with a page of their own; every other word is shown by the general page. */
const OWN: Record<string, string> = {
  overview: paths.management,
  management: paths.management,
  link: paths.link,
  drivers: paths.drivers,
  portfolio: paths.portfolio,
  activities: paths.activities,
  effects: paths.activities,
  trials: paths.trials,
  claims: paths.claims,
  incidents: paths.incidents,
  loyalty: paths.loyalty,
  deals: paths.deals,
  service_level: paths.whatIf,
  delivery: paths.delivery,
  opening_hours: paths.openingHours,
  allocation: paths.reallocation,
};

export function pathOfWord(word: string): string {
  return OWN[word] ?? `/reports/${word}`;
}

/** Where the browser fetches a report as a file. */
export function exportOfReport(word: string, format: string, more: Record<string, string | undefined> = {}): string {
  return withQuery(`/api/v1/reports/${encodeURIComponent(word)}/export`, { format, ...more });
}

export function exportOfCustomers(format: string, query: Record<string, string | string[] | undefined>): string {
  return withQuery('/api/v1/customers/export', { format, ...query });
}

export function withQuery(path: string, query: Record<string, string | string[] | undefined>): string {
  const search = stringifySearch(query);
  return path + search;
}

/** ?a=1&where=x&where=y; empty values are left out, so that the plain page has the plain address. */
export function stringifySearch(search: Record<string, unknown>): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(search)) {
    if (Array.isArray(value)) for (const one of value) query.append(name, String(one));
    else if (value !== undefined && value !== null && value !== '') query.append(name, String(value));
  }
  const text = query.toString();
  return text ? `?${text}` : '';
}

/** Everything in the address is text; `where` is always a list. */
export function parseSearch(text: string): Record<string, string | string[]> {
  const query = new URLSearchParams(text);
  const search: Record<string, string | string[]> = {};
  for (const name of new Set(query.keys())) {
    search[name] = name === 'where' ? query.getAll(name) : (query.get(name) ?? '');
  }
  return search;
}
