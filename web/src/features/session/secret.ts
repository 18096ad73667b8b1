// Where does the secret of a link come from? From behind the #, which no server and no log ever sees.

import { useEffect, useState } from 'react';

export const SHORTEST = 12;

/** The secret of the link (#secret or #token=secret), which leaves the address as soon as the page stands. */
export function useSecret(): string {
  const [secret] = useState(readSecret);
  useEffect(() => {
    if (location.hash) history.replaceState(history.state, '', location.pathname);
  }, []);
  return secret;
}

/** Reads and changes nothing: a page may be drawn more than once before it stands. */
export function readSecret(): string {
  const behind = location.hash.slice(1);
  return new URLSearchParams(behind).get('token') ?? (behind.includes('=') ? '' : behind);
}
