// Which rows of a list of a million are in sight?

import { type RefObject, useEffect, useState } from 'react';

/** No browser draws an element higher than about 17 million pixels; a longer list is scrolled a little faster. */
const HIGHEST = 15_000_000;
const AROUND = 8;

export interface Window {
  from: number;
  to: number;
  /** Room kept above and below the rows that are drawn. */
  above: number;
  below: number;
}

export function useLongList(box: RefObject<HTMLElement | null>, total: number, row: number): Window {
  const [seen, setSeen] = useState({ top: 0, height: 700 });
  useEffect(() => {
    const element = box.current;
    if (!element) return;
    let asked = 0;
    const look = () => {
      cancelAnimationFrame(asked);
      asked = requestAnimationFrame(() => setSeen({ top: element.scrollTop, height: element.clientHeight }));
    };
    look();
    element.addEventListener('scroll', look, { passive: true });
    const resized = new ResizeObserver(look);
    resized.observe(element);
    return () => {
      cancelAnimationFrame(asked);
      element.removeEventListener('scroll', look);
      resized.disconnect();
    };
  }, [box]);
  return windowAt(seen.top, seen.height, total, row);
}

export function windowAt(top: number, height: number, total: number, row: number): Window {
  const long = total * row;
  const drawn = Math.min(long, HIGHEST);
  const scale = drawn > height ? (long - height) / (drawn - height) : 1;
  const place = Math.max(0, Math.min(top, drawn - height)) * Math.max(1, scale);
  const from = Math.max(0, Math.floor(place / row) - AROUND);
  const to = Math.min(total, Math.ceil((place + height) / row) + AROUND);
  // The first row in sight stands where it would stand if everything were drawn.
  const above = Math.max(0, Math.min(top, drawn - height) - (place - from * row));
  return { from, to, above, below: Math.max(0, drawn - above - (to - from) * row) };
}
