// Which minutes are asked about? The sliders hold them while they move; the address holds them when they rest.

import { useAddress, useSetAddress } from '@/parts/search';
import { useEffect, useState } from 'react';

export interface Reason {
  key: string;
  label: string;
  cases: number;
  today: number;
  /** The minutes that nine of ten contacts took. */
  from: number;
  to: number;
  best: number | null;
  bestText: string;
  bestRange: string;
  loss: string;
}

export interface Minutes {
  of: (reason: Reason) => number;
  set: (reason: Reason, minutes: number) => void;
  setAll: (to: (reason: Reason) => number) => void;
  clear: () => void;
  /** By reason, only what differs from today. */
  settled: Record<string, number>;
  changed: boolean;
}

/** A drag asks often; the address and the history do not need every step of it. */
const REST = 350;
/** And the server is asked at most this often. */
const PAUSE = 40;

const STEP = 0.5;

export function useMinutes(reasons: Reason[]): Minutes {
  const { minutes: kept } = useAddress();
  const setAddress = useSetAddress();
  const [asked, setAsked] = useState(() => parse(kept));
  const text = stringify(asked);
  const settled = useLater(asked, PAUSE);

  useEffect(() => {
    if (text === (kept ?? '')) return;
    const timer = setTimeout(() => setAddress({ minutes: text || undefined }, { replace: true }), REST);
    return () => clearTimeout(timer);
  }, [text, kept, setAddress]);

  const withOne = (all: Record<string, number>, reason: Reason, minutes: number) => {
    const others = Object.fromEntries(Object.entries(all).filter(([key]) => key !== reason.key));
    return Math.abs(minutes - reason.today) < STEP / 2 ? others : { ...others, [reason.key]: minutes };
  };
  return {
    of: (reason) => asked[reason.key] ?? reason.today,
    set: (reason, minutes) => setAsked((all) => withOne(all, reason, minutes)),
    setAll: (to) => setAsked(reasons.reduce((all, reason) => withOne(all, reason, to(reason)), {})),
    clear: () => setAsked({}),
    settled,
    changed: Object.keys(asked).length > 0,
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

/** `delivery:6,invoice:4.5`; what is not a number is passed over. */
export function parse(text: string | undefined): Record<string, number> {
  const found: Record<string, number> = {};
  for (const part of (text ?? '').split(',')) {
    const at = part.lastIndexOf(':');
    const minutes = Number(part.slice(at + 1));
    if (at > 0 && Number.isFinite(minutes) && minutes > 0) found[part.slice(0, at)] = minutes;
  }
  return found;
}

export function stringify(asked: Record<string, number>): string {
  return Object.entries(asked)
    .sort(([a], [b]) => a.localeCompare(b))
    .map(([reason, minutes]) => `${reason}:${Number(minutes.toFixed(1))}`)
    .join(',');
}

/** The slider's ends: a little beyond what has been seen, so that one sees where that ends. */
export function endsOf(reason: Reason): { low: number; high: number } {
  return { low: Math.max(STEP, Math.floor(reason.from / 2)), high: Math.ceil(Math.max(reason.to, reason.today) * 1.15) };
}
