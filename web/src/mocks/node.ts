// How does the mock answer over HTTP, in the development server and under the browser tests?

import type { IncomingMessage, ServerResponse } from 'node:http';
import { respond } from './server';

const STEP_MS = 120;

export async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://localhost');
  const answered = respond({ method: request.method ?? 'GET', url, body: await bodyOf(request) });
  if (answered.events) {
    response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
    for (const { event, data } of answered.events) {
      await new Promise((done) => setTimeout(done, STEP_MS));
      response.write(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
    }
    response.end();
    return;
  }
  const kind = answered.status >= 400 ? 'application/problem+json' : 'application/json';
  if (answered.body === undefined) {
    response.writeHead(answered.status);
    response.end();
    return;
  }
  response.writeHead(answered.status, { 'content-type': kind, 'cache-control': 'no-store' });
  response.end(JSON.stringify(answered.body));
}

async function bodyOf(request: IncomingMessage): Promise<unknown> {
  if (request.method === 'GET') return null;
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  try {
    return JSON.parse(Buffer.concat(parts).toString());
  } catch {
    return null;
  }
}
