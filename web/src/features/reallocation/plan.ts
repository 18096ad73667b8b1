// Which plan is asked for: how much money, which places are left alone, and what a process may have? The address holds it.

import type { PlanAsked } from '@/api/types';
import { type Search, useAddress, useSetAddress } from '@/parts/search';
import { useEffect, useState } from 'react';

/** What may be done with a place: anything, nothing, only more, only less. */
export const LOCKS = ['free', 'lock', 'keep', 'cap'] as const;
export type Lock = (typeof LOCKS)[number];

export interface Limits {
  least?: number | undefined;
  most?: number | undefined;
}

export interface Plan {
  /** Today's when there is none. */
  money?: number | undefined;
  locks: Record<string, Exclude<Lock, 'free'>>;
  processes: Record<string, Limits>;
}

/** A drag asks often; the address does not need every step of it, and the server is asked at most this often. */
const REST = 350;
const PAUSE = 60;

/** What is no longer asked for leaves the address. */
const NOTHING: Partial<Search> = { money: undefined, lock: undefined, keep: undefined, cap: undefined, process: undefined };

export function usePlan() {
  const address = useAddress();
  const setAddress = useSetAddress();
  const [plan, setPlan] = useState(() => parse(address));
  const written = stringify(plan);
  const text = JSON.stringify(written);
  const settled = useLater(plan, PAUSE);

  useEffect(() => {
    const timer = setTimeout(() => setAddress({ ...NOTHING, ...(JSON.parse(text) as Partial<Search>) }, { replace: true }), REST);
    return () => clearTimeout(timer);
  }, [text, setAddress]);

  return {
    plan,
    settled,
    changed: Object.values(written).some((value) => value !== undefined),
    setMoney: (money: number | undefined) => setPlan((before) => ({ ...before, money })),
    setLock: (place: string, lock: Lock) =>
      setPlan((before) => {
        const locks = Object.fromEntries(Object.entries(before.locks).filter(([one]) => one !== place));
        return { ...before, locks: lock === 'free' ? locks : { ...locks, [place]: lock } };
      }),
    setLimits: (process: string, limits: Limits) => setPlan((before) => ({ ...before, processes: { ...before.processes, [process]: { ...before.processes[process], ...limits } } })),
    clear: () => setPlan({ locks: {}, processes: {} }),
  };
}

function useLater<T>(value: T, pause: number): T {
  const [later, setLater] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setLater(value), pause);
    return () => clearTimeout(timer);
  }, [value, pause]);
  return later;
}

/** As the server is asked. */
export function askedOf(plan: Plan): PlanAsked {
  const of = (wanted: Lock) =>
    Object.entries(plan.locks)
      .filter(([, lock]) => lock === wanted)
      .map(([place]) => place)
      .sort();
  const process = Object.entries(plan.processes)
    .filter(([, { least, most }]) => least !== undefined || most !== undefined)
    .map(([name, { least, most }]) => `${name}=${least ?? ''}..${most ?? ''}`)
    .sort();
  return { lock: of('lock'), keep: of('keep'), cap: of('cap'), process, ...(plan.money !== undefined && { money: plan.money }) };
}

export function parse(address: Pick<Search, 'money' | 'lock' | 'keep' | 'cap' | 'process'>): Plan {
  const money = numberOf(address.money);
  const locks: Plan['locks'] = {};
  for (const lock of ['lock', 'keep', 'cap'] as const) for (const place of listOf(address[lock])) locks[place] = lock;
  const processes: Plan['processes'] = {};
  for (const text of listOf(address.process)) {
    const at = text.lastIndexOf('=');
    const [least, most] = text.slice(at + 1).split('..').map(numberOf);
    if (at > 0) processes[text.slice(0, at)] = { least, most };
  }
  return { money, locks, processes };
}

export function stringify(plan: Plan): Pick<Search, 'money' | 'lock' | 'keep' | 'cap' | 'process'> {
  const { lock, keep, cap, process } = askedOf(plan);
  const text = (list: string[] | undefined) => list?.map(encodeURIComponent).join(',') || undefined;
  return { money: plan.money === undefined ? undefined : String(plan.money), lock: text(lock), keep: text(keep), cap: text(cap), process: text(process) };
}

function listOf(text: string | undefined): string[] {
  return (text ?? '').split(',').filter(Boolean).map(decoded);
}

/** An address that somebody has changed by hand may be broken. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function numberOf(text: string | undefined): number | undefined {
  const value = Number(text);
  return text && Number.isFinite(value) && value >= 0 ? value : undefined;
}
