// How does one request leave the screen, and what does a refusal become?

import { currentLanguage } from '@/i18n/language';
import createClient from 'openapi-fetch';
import type { paths } from './schema';
import type { Problem } from './types';

/** A refusal, with the words the server chose for it. */
export class ProblemError extends Error {
  readonly problem: Problem;

  constructor(problem: Problem) {
    super(problem.title);
    this.name = 'ProblemError';
    this.problem = problem;
  }
}

let csrf: string | null = null;

/** The session's token, which every changing request must carry. */
export function rememberCsrf(token: string | null): void {
  csrf = token;
}

export const client = createClient<paths>({
  baseUrl: '/',
  credentials: 'same-origin',
  fetch: send,
  // where=a&where=b, as the contract has it.
  querySerializer: { array: { style: 'form', explode: true } },
});

/** Every request says in which language it wants its answer; a changing one carries the session's token. */
async function send(request: Request): Promise<Response> {
  const url = new URL(request.url);
  if (!url.searchParams.has('lang')) url.searchParams.set('lang', currentLanguage());
  const headers = new Headers(request.headers);
  const changing = request.method !== 'GET';
  if (csrf && changing) headers.set('X-CSRF-Token', csrf);
  // The body goes as text: a Request that is passed on would be streamed, which HTTP/1.1 refuses.
  const body = changing ? (await request.text()) || undefined : undefined;
  return fetch(url, { method: request.method, headers, body, credentials: 'same-origin', signal: request.signal });
}

/** The data of an answer, or the problem thrown. */
export async function taken<D, E>(answer: Promise<{ data?: D; error?: E; response: Response }>): Promise<D> {
  let got;
  try {
    got = await answer;
  } catch {
    throw new ProblemError({ title: '', status: 0, key: 'unreachable' });
  }
  if (got.error !== undefined || !got.response.ok) throw new ProblemError(problemFrom(got.error, got.response.status));
  return got.data as D;
}

/** Files go by a form, which openapi-fetch has no type for. */
export async function sendFiles<D>(path: string, files: File[]): Promise<D> {
  const form = new FormData();
  for (const file of files) form.append('files', file, file.name);
  const headers: Record<string, string> = csrf ? { 'X-CSRF-Token': csrf } : {};
  const response = await fetch(`${path}?lang=${currentLanguage()}`, { method: 'POST', body: form, headers });
  const body: unknown = await response.json().catch(() => null);
  if (!response.ok) throw new ProblemError(problemFrom(body, response.status));
  return body as D;
}

function problemFrom(body: unknown, status: number): Problem {
  if (body && typeof body === 'object' && 'title' in body) return body as Problem;
  return { title: '', status, key: 'unknown' };
}
