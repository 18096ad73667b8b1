// How far has a piece of background work come?

import { useEffect, useState } from 'react';
import type { JobView, Problem } from './types';

export interface JobProgress {
  state: 'queued' | 'running' | 'done' | 'failed';
  done: number;
  total: number;
  text: string;
  problem: Problem | null;
}

const START: JobProgress = { state: 'queued', done: 0, total: 0, text: '', problem: null };

/** Follows a job by server-sent events until it is done or has failed. */
export function useJob(job: string | null): JobProgress | null {
  const [seen, setSeen] = useState<{ job: string; progress: JobProgress } | null>(null);
  useEffect(() => {
    if (!job) return;
    const source = new EventSource(`/api/v1/jobs/${encodeURIComponent(job)}/events`);
    const on = (state: JobProgress['state']) => (event: MessageEvent<string>) => {
      setSeen((before) => ({ job, progress: { ...(before?.job === job ? before.progress : START), ...told(event.data), state } }));
      if (state === 'done' || state === 'failed') source.close();
    };
    source.addEventListener('progress', on('running'));
    source.addEventListener('done', on('done'));
    source.addEventListener('failed', on('failed'));
    return () => source.close();
  }, [job]);
  if (!job) return null;
  return seen?.job === job ? seen.progress : START;
}

/** What an event says, whether it sends the progress or the whole job. */
export function told(data: string): Partial<JobProgress> {
  try {
    const sent = JSON.parse(data) as Partial<JobView> & Partial<JobProgress>;
    const progress = sent.progress ?? sent;
    return {
      ...(typeof progress.done === 'number' ? { done: progress.done } : {}),
      ...(typeof progress.total === 'number' ? { total: progress.total } : {}),
      ...(typeof progress.text === 'string' ? { text: progress.text } : {}),
      ...(sent.problem ? { problem: sent.problem } : {}),
    };
  } catch {
    return {};
  }
}
