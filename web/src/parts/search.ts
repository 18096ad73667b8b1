// What does the address say beyond the page?

import { useNavigate, useSearch } from '@tanstack/react-router';
import { useCallback } from 'react';

/** Everything any page keeps in its address. */
export interface Search {
  figure?: string | undefined;
  run?: string | undefined;
  table?: string | undefined;
  lang?: string | undefined;
  sort?: string | undefined;
  where?: string[] | undefined;
  q?: string | undefined;
  columns?: string | undefined;
  x?: string | undefined;
  y?: string | undefined;
  stance?: string | undefined;
  a?: string | undefined;
  b?: string | undefined;
  kind?: string | undefined;
  show?: string | undefined;
  return_to?: string | undefined;
  minutes?: string | undefined;
  horizon?: string | undefined;
  money?: string | undefined;
  lock?: string | undefined;
  keep?: string | undefined;
  cap?: string | undefined;
  process?: string | undefined;
  activity?: string | undefined;
  question?: string | undefined;
  outcome?: string | undefined;
  smallest?: string | undefined;
  cost?: string | undefined;
  window?: string | undefined;
  standing?: string | undefined;
  verdict?: string | undefined;
}

export function useAddress(): Search {
  return useSearch({ strict: false }) as Search;
}

/** Changes some of what the address says and leaves the rest; small changes need no place in the history. */
export function useSetAddress(): (change: Partial<Search>, how?: { replace?: boolean }) => void {
  const navigate = useNavigate();
  return useCallback(
    (change, how) => {
      void navigate({ to: '.', search: ((before: Search) => ({ ...before, ...change })) as never, replace: how?.replace ?? false, resetScroll: false });
    },
    [navigate],
  );
}
