// A hundred thousand customers as points; a drawn rectangle becomes a filter.

import { onTheme } from '@/lib/theme';
import { quantile, ticks } from '@/lib/scale';
import { ScatterChart } from 'echarts/charts';
import { GridComponent } from 'echarts/components';
import { type ECharts, init, use as register } from 'echarts/core';
import { CanvasRenderer } from 'echarts/renderers';
import { type PointerEvent, useEffect, useMemo, useRef, useState } from 'react';

register([ScatterChart, GridComponent, CanvasRenderer]);

export interface ScatterSeries {
  name: string;
  /** A token of tokens.css. */
  color: string;
  symbol: 'circle' | 'rect' | 'triangle' | 'emptyCircle';
  x: number[];
  y: number[];
}

export interface Range2 {
  x: [number, number];
  y: [number, number];
}

interface Props {
  series: ScatterSeries[];
  label: string;
  xLabel: string;
  yLabel: string;
  onX: (value: number) => string;
  onY: (value: number) => string;
  selected: Range2 | null;
  onSelect: (range: Range2 | null) => void;
  /** Says how many points lie beyond the ends of the axes. */
  sayOutside: (n: number) => string;
  height?: number;
}

const SANS = 'Inter, system-ui, sans-serif';
const GRID = { left: 64, right: 14, top: 26, bottom: 44 };

export function Scatter({ series, label, xLabel, yLabel, onX, onY, selected, onSelect, sayOutside, height = 380 }: Props) {
  const box = useRef<HTMLDivElement>(null);
  const chart = useRef<ECharts | null>(null);
  const [width, setWidth] = useState(0);
  const [drawn, setDrawn] = useState<{ x0: number; y0: number; x1: number; y1: number } | null>(null);
  const view = useMemo(() => seen(series), [series]);

  useEffect(() => {
    const element = box.current;
    if (!element) return;
    const made = init(element, null, { renderer: 'canvas', devicePixelRatio: Math.max(2, devicePixelRatio) });
    chart.current = made;
    const observer = new ResizeObserver(() => {
      made.resize();
      setWidth(element.clientWidth);
    });
    observer.observe(element);
    return () => {
      observer.disconnect();
      made.dispose();
    };
  }, []);

  useEffect(() => {
    const paint = () => {
      // Fonts and themes may arrive after the picture is gone.
      if (!chart.current || chart.current.isDisposed()) return;
      chart.current.setOption(options(view, { xLabel, yLabel, onX, onY }, box.current), { notMerge: true });
    };
    paint();
    void document.fonts.ready.then(paint);
    return onTheme(() => requestAnimationFrame(paint));
  }, [view, xLabel, yLabel, onX, onY]);

  const inner = { width: Math.max(1, width - GRID.left - GRID.right), height: height - GRID.top - GRID.bottom };
  const toX = (pixel: number) => view.x[0] + ((pixel - GRID.left) / inner.width) * (view.x[1] - view.x[0]);
  const toY = (pixel: number) => view.y[1] - ((pixel - GRID.top) / inner.height) * (view.y[1] - view.y[0]);
  const atX = (value: number) => GRID.left + clamp((value - view.x[0]) / (view.x[1] - view.x[0])) * inner.width;
  const atY = (value: number) => GRID.top + clamp((view.y[1] - value) / (view.y[1] - view.y[0])) * inner.height;
  const place = (event: PointerEvent<HTMLDivElement>) => {
    const frame = event.currentTarget.getBoundingClientRect();
    return {
      x: Math.min(width - GRID.right, Math.max(GRID.left, event.clientX - frame.left)),
      y: Math.min(height - GRID.bottom, Math.max(GRID.top, event.clientY - frame.top)),
    };
  };
  const shown = drawn ?? (selected && width > 0 ? { x0: atX(selected.x[0]), x1: atX(selected.x[1]), y0: atY(selected.y[1]), y1: atY(selected.y[0]) } : null);

  return (
    <div>
      <div className="chartbox" style={{ height }}>
        <div ref={box} style={{ height }} role="img" aria-label={label} />
        <div
          className="brush"
          onPointerDown={(event) => {
            event.currentTarget.setPointerCapture(event.pointerId);
            const { x, y } = place(event);
            setDrawn({ x0: x, x1: x, y0: y, y1: y });
          }}
          onPointerMove={(event) => {
            if (!drawn) return;
            const { x, y } = place(event);
            setDrawn({ ...drawn, x1: x, y1: y });
          }}
          onPointerUp={() => {
            if (!drawn) return;
            setDrawn(null);
            if (Math.abs(drawn.x1 - drawn.x0) < 5 || Math.abs(drawn.y1 - drawn.y0) < 5) return onSelect(null);
            const x = [toX(drawn.x0), toX(drawn.x1)].sort((a, b) => a - b) as [number, number];
            const y = [toY(drawn.y0), toY(drawn.y1)].sort((a, b) => a - b) as [number, number];
            onSelect({ x, y });
          }}
          onPointerCancel={() => setDrawn(null)}
        >
          {shown && (
            <span
              className="brushed"
              style={{ left: Math.min(shown.x0, shown.x1), top: Math.min(shown.y0, shown.y1), width: Math.abs(shown.x1 - shown.x0), height: Math.abs(shown.y1 - shown.y0) }}
            />
          )}
        </div>
      </div>
      {view.outside > 0 && <p className="small mute">{sayOutside(view.outside)}</p>}
    </div>
  );
}

interface Seen {
  x: [number, number];
  y: [number, number];
  outside: number;
  series: { name: string; color: string; symbol: string; data: number[][] }[];
}

/** The axes hold all but the farthest half percent; whole numbers with few values are spread a little so that they can be seen. */
function seen(series: ScatterSeries[]): Seen {
  const xs = series.flatMap((one) => one.x);
  const ys = series.flatMap((one) => one.y);
  const few = ys.length > 0 && ys.every(Number.isInteger) && new Set(ys).size <= 12;
  const x = ends(xs);
  const y: [number, number] = few ? [Math.min(...minMax(ys)) - 0.6, Math.max(...minMax(ys)) + 0.6] : ends(ys);
  let outside = 0;
  const placed = series.map(({ x: sx, y: sy, ...rest }) => {
    const data: number[][] = [];
    for (let at = 0; at < sx.length; at++) {
      const px = sx[at] as number;
      const py = (sy[at] as number) + (few ? spread(at) : 0);
      if (px < x[0] || px > x[1] || py < y[0] || py > y[1]) outside++;
      else data.push([px, py]);
    }
    return { ...rest, data };
  });
  return { x, y, outside, series: placed };
}

function ends(values: number[]): [number, number] {
  if (values.length === 0) return [0, 1];
  const [least, most] = minMax(values);
  const low = quantile(values, 0.0025);
  const high = quantile(values, 0.9975);
  const room = (high - low) * 0.03 || 1;
  return [Math.max(least - room * 0.2, low - room), Math.min(most + room * 0.2, high + room)];
}

function minMax(values: number[]): [number, number] {
  let least = Infinity;
  let most = -Infinity;
  for (const value of values) {
    if (value < least) least = value;
    if (value > most) most = value;
  }
  return [least, most];
}

function spread(at: number): number {
  return (((at * 2654435761) % 1000) / 1000 - 0.5) * 0.7;
}

function clamp(share: number): number {
  return Math.min(1, Math.max(0, share));
}

/** A canvas cannot read CSS variables; an element that wears them can. */
function resolved(token: string, near: HTMLElement): string {
  const probe = document.createElement('span');
  probe.style.color = `var(--${token})`;
  near.append(probe);
  const color = getComputedStyle(probe).color;
  probe.remove();
  return color;
}

interface Words {
  xLabel: string;
  yLabel: string;
  onX: (value: number) => string;
  onY: (value: number) => string;
}

function options(view: Seen, words: Words, near: HTMLElement | null) {
  const host = near ?? document.body;
  const mute = resolved('mute', host);
  const line = resolved('line', host);
  const axis = (domain: [number, number], say: (value: number) => string, name: string, gap: number, place: 'middle' | 'end') => ({
    type: 'value' as const,
    min: domain[0],
    max: domain[1],
    name,
    nameLocation: place,
    nameGap: gap,
    nameTextStyle: { color: mute, fontFamily: SANS, fontSize: 12, align: place === 'end' ? ('left' as const) : ('center' as const), padding: place === 'end' ? [0, 0, 0, -56] : 0 },
    axisLine: { show: true, lineStyle: { color: line } },
    axisTick: { show: false, customValues: ticks(domain, 6) },
    axisLabel: { color: mute, fontFamily: SANS, fontSize: 12, formatter: say, customValues: ticks(domain, 6) },
    splitLine: { show: false },
  });
  return {
    animation: false,
    grid: GRID,
    xAxis: axis(view.x, words.onX, words.xLabel, 28, 'middle'),
    yAxis: axis(view.y, words.onY, words.yLabel, 10, 'end'),
    series: view.series.map((one) => ({
      type: 'scatter' as const,
      name: one.name,
      data: one.data,
      symbol: one.symbol,
      symbolSize: one.data.length > 20_000 ? 3 : 5,
      large: one.data.length > 4000,
      largeThreshold: 4000,
      silent: true,
      itemStyle: { color: resolved(one.color, host), opacity: one.data.length > 20_000 ? 0.35 : 0.6 },
    })),
  };
}
