// Which pages are there, in six groups, and who sees them?

import { pathOfWord, paths } from '@/lib/paths';
import type { Permission } from '@/parts/permissions';

export const GROUPS = ['management', 'customers', 'truth', 'choices', 'loops', 'data'] as const;
export type Group = (typeof GROUPS)[number];

export interface Entry {
  group: Group;
  /** A key of nav.pages, or a capability's word. */
  name: string;
  to: string;
  needs: Permission;
}

const OWN: Entry[] = [
  { group: 'management', name: 'management', to: paths.management, needs: 'see_overview' },
  { group: 'customers', name: 'customers', to: paths.customers, needs: 'see_customers' },
  { group: 'customers', name: 'portfolio', to: paths.portfolio, needs: 'see_customers' },
  { group: 'truth', name: 'link', to: paths.link, needs: 'see_overview' },
  { group: 'truth', name: 'drivers', to: paths.drivers, needs: 'see_overview' },
  { group: 'choices', name: 'decisions', to: paths.decisions, needs: 'see_customers' },
  { group: 'truth', name: 'activities', to: paths.activities, needs: 'see_overview' },
  { group: 'truth', name: 'trials', to: paths.trials, needs: 'see_overview' },
  { group: 'data', name: 'imports', to: paths.imports, needs: 'import' },
  { group: 'data', name: 'runs', to: paths.runs, needs: 'see_overview' },
  { group: 'data', name: 'methods', to: paths.methods, needs: 'see_methods' },
  { group: 'data', name: 'glossary', to: paths.glossary, needs: 'see_methods' },
  { group: 'data', name: 'administration', to: paths.administration, needs: 'administer' },
];

/** Where a capability without a page of its own is found; one that is not named here lies under truth. */
const PLACE: Record<string, Group> = {
  value: 'customers', profit: 'customers', plans: 'customers', calendar: 'customers', relations: 'customers', threats: 'customers', proactivity: 'customers', acquisition: 'customers',
  behaviors: 'truth', effects: 'truth', timing: 'truth', trials: 'truth', claims: 'truth', loyalty: 'truth', incidents: 'truth', activities: 'truth', engagement: 'truth', journey: 'truth',
  allocation: 'choices', service_level: 'choices', delivery: 'choices', opening_hours: 'choices', targets: 'choices', promises: 'choices', program: 'choices', deals: 'choices', attributes: 'choices', information: 'choices', suppliers: 'choices', leakage: 'choices',
  cases: 'loops', initiatives: 'loops', realized: 'loops', pain_points: 'loops', ombudsman: 'loops', surveys: 'loops',
};

const WITH_OWN_PAGE = new Set(['overview', 'management', 'link', 'drivers', 'portfolio', 'activities', 'effects', 'timing', 'trials']);

/** In the groups where it matters: from what customers say to what can be done; what is not named comes after. */
const ORDER = ['link', 'drivers', 'activities', 'trials', 'claims', 'loyalty', 'incidents', 'allocation', 'service_level', 'delivery', 'opening_hours', 'targets', 'promises', 'program', 'deals'];

/** The pages of the house and one for every capability that the run has computed. */
export function entriesOf(computed: string[], may: (permission: Permission) => boolean): Entry[] {
  const general = computed
    .filter((word) => !WITH_OWN_PAGE.has(word))
    .map((word): Entry => ({ group: PLACE[word] ?? 'truth', name: word, to: pathOfWord(word), needs: 'see_overview' }));
  const place = (entry: Entry) => (ORDER.includes(entry.name) ? ORDER.indexOf(entry.name) : ORDER.length);
  return [...OWN, ...general].filter((entry) => may(entry.needs)).sort((a, b) => place(a) - place(b));
}
