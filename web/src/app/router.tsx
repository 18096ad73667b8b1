// Which address shows which page, and who is let in?

import { ProblemError } from '@/api/client';
import { session, status } from '@/api/queries';
import { chooseLanguage, rememberedLanguage } from '@/i18n/language';
import { setCurrency } from '@/lib/numbers';
import { parseSearch, paths, stringifySearch } from '@/lib/paths';
import type { Search } from '@/parts/search';
import type { QueryClient } from '@tanstack/react-query';
import { createRootRoute, createRoute, createRouter, lazyRouteComponent, redirect, retainSearchParams } from '@tanstack/react-router';
import { ErrorPage, NotFound } from './ErrorPage';
import { Root } from './Root';
import { Shell } from './Shell';

export function makeRouter(queries: QueryClient) {
  const root = createRootRoute({
    component: Root,
    errorComponent: ({ error, reset }) => (
      <main className="alone">
        <ErrorPage error={error} reset={reset} />
      </main>
    ),
    notFoundComponent: () => (
      <main className="alone">
        <NotFound />
      </main>
    ),
    validateSearch: (search: Record<string, unknown>) => search as Search,
    search: { middlewares: [retainSearchParams(['run'])] },
  });

  const shell = createRoute({
    getParentRoute: () => root,
    id: 'shell',
    component: Shell,
    notFoundComponent: NotFound,
    errorComponent: ErrorPage,
    beforeLoad: async ({ location }) => {
      const found = await queries.ensureQueryData(status());
      setCurrency(found.currency);
      if (found.setup_needed) throw redirect({ to: paths.setUp });
      try {
        const { user } = await queries.ensureQueryData(session());
        if (!rememberedLanguage() && (user.language === 'sv' || user.language === 'en')) await chooseLanguage(user.language);
      } catch (error) {
        if (!(error instanceof ProblemError) || error.problem.status !== 401) throw error;
        throw redirect({ to: paths.signIn, search: { return_to: location.href } as never });
      }
    },
  });

  const page = (path: string, load: () => Promise<{ default: React.ComponentType }>) =>
    createRoute({ getParentRoute: () => shell, path, component: lazyRouteComponent(load) });

  const outside = (path: string, load: () => Promise<{ default: React.ComponentType }>) =>
    createRoute({ getParentRoute: () => root, path, component: lazyRouteComponent(load) });

  const tree = root.addChildren([
    shell.addChildren([
      page(paths.management, () => import('@/routes/management')),
      page(paths.customers, () => import('@/routes/customers')),
      page(paths.customer, () => import('@/routes/customer')),
      page(paths.portfolio, () => import('@/routes/portfolio')),
      page(paths.link, () => import('@/routes/link')),
      page(paths.drivers, () => import('@/routes/drivers')),
      page(paths.activities, () => import('@/routes/activities')),
      page(paths.activity, () => import('@/routes/activity')),
      page(paths.trials, () => import('@/routes/trials')),
      page(paths.trial, () => import('@/routes/trial')),
      page(paths.newTrial, () => import('@/routes/new-trial')),
      page(paths.claims, () => import('@/routes/claims')),
      page(paths.incidents, () => import('@/routes/incidents')),
      page(paths.loyalty, () => import('@/routes/loyalty')),
      page(paths.deals, () => import('@/routes/deals')),
      page(paths.whatIf, () => import('@/routes/what-if')),
      page(paths.delivery, () => import('@/routes/delivery')),
      page(paths.openingHours, () => import('@/routes/opening-hours')),
      page(paths.reallocation, () => import('@/routes/reallocation')),
      page(paths.decisions, () => import('@/routes/decisions')),
      page(paths.report, () => import('@/routes/report')),
      page(paths.imports, () => import('@/routes/import')),
      page(paths.upload, () => import('@/routes/upload')),
      page(paths.runs, () => import('@/routes/runs')),
      page(paths.compare, () => import('@/routes/compare')),
      page(paths.glossary, () => import('@/routes/glossary')),
      page(paths.methods, () => import('@/routes/methods')),
      page(paths.method, () => import('@/routes/method')),
      page(paths.administration, () => import('@/routes/administration')),
      page(paths.administrationSection, () => import('@/routes/administration')),
      createRoute({ getParentRoute: () => shell, path: '$', component: NotFound }),
    ]),
    outside(paths.signIn, () => import('@/routes/sign-in')),
    outside(paths.invitation, () => import('@/routes/invitation')),
    outside(paths.setUp, () => import('@/routes/set-up')),
  ]);

  return createRouter({
    routeTree: tree,
    parseSearch,
    stringifySearch,
    scrollRestoration: true,
    defaultPreload: 'intent',
    defaultPendingMs: 400,
  });
}
