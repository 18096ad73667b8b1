// How wide is the room a picture has?

import { type RefObject, useEffect, useRef, useState } from 'react';

export function useWidth(first: number): [RefObject<HTMLDivElement | null>, number] {
  const box = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(first);
  useEffect(() => {
    const element = box.current;
    if (!element) return;
    const observer = new ResizeObserver(([entry]) => {
      const seen = entry?.contentRect.width ?? 0;
      if (seen > 0) setWidth(Math.round(seen));
    });
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  return [box, width];
}
