// What holds every page?

import { ProblemError } from '@/api/client';
import { Toasts } from '@/ui/toasts';
import { MutationCache, QueryCache, QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { makeRouter } from './router';

/** A session that has ended takes the reader to the door, and back to the same address afterwards. */
function leaveWhenSignedOut(error: unknown): void {
  if (!(error instanceof ProblemError) || error.problem.status !== 401) return;
  const here = location.pathname;
  if (here.startsWith('/sign-in') || here.startsWith('/set-up') || here.startsWith('/invitation')) return;
  queries.removeQueries({ queryKey: ['session'] });
  void router.navigate({ to: '/sign-in', search: { return_to: here + location.search } as never });
}

const queries = new QueryClient({
  queryCache: new QueryCache({ onError: leaveWhenSignedOut }),
  mutationCache: new MutationCache({ onError: leaveWhenSignedOut }),
  defaultOptions: {
    queries: {
      refetchOnWindowFocus: false,
      retry: (failures, error) => failures < 2 && !(error instanceof ProblemError && error.problem.status >= 400 && error.problem.status < 500),
    },
  },
});

const router = makeRouter(queries);

export function App() {
  return (
    <QueryClientProvider client={queries}>
      <Toasts>
        <RouterProvider router={router} />
      </Toasts>
    </QueryClientProvider>
  );
}
