// Where does the secret of a link come from? From behind the #, which no server and no log ever sees.

export const SHORTEST = 12;

/** Reads the secret (#secret or #token=secret) and takes it out of the address at once. */
export function takeSecret(): string {
  const behind = location.hash.slice(1);
  const token = new URLSearchParams(behind).get('token') ?? (behind.includes('=') ? '' : behind);
  if (token) history.replaceState(history.state, '', location.pathname);
  return token;
}
