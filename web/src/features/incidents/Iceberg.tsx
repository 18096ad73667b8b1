// Arrays in, an iceberg out: what customers tell stands above the water, the rest below it.

import { count, onAxis } from '@/lib/numbers';
import { linear, ticks } from '@/lib/scale';
import { capital } from '@/lib/text';
import { useLocale } from '@/parts/useLocale';
import { useWidth } from '@/charts/useWidth';
import { useTranslation } from 'react-i18next';
import type { Layers } from './layers';

const LEFT = 64;
const HEIGHT = 360;
const TOP = 18;
const BOTTOM = 34;

export function Iceberg({ layers, label }: { layers: Layers[]; label: string }) {
  const { t } = useTranslation();
  const locale = useLocale();
  const [box, width] = useWidth(640);
  // The sum of all would dwarf its parts.
  const parts = layers.length > 1 ? layers.filter((one) => one.key !== 'severity.all') : layers;
  const up = Math.max(...parts.map((one) => one.told));
  const down = Math.max(...parts.map((one) => one.known + one.most));
  const y = linear([up, -down], [TOP, HEIGHT - BOTTOM]);
  const slot = (width - LEFT) / parts.length;
  const bar = Math.min(84, slot * 0.62);
  return (
    <div ref={box}>
      <ul className="keyline small" aria-hidden="true">
        <li className="told">{t('incidents.told')}</li>
        <li className="known">{t('incidents.known')}</li>
        <li className="hidden-part">{t('incidents.hidden')}</li>
      </ul>
      <svg className="picture iceberg" viewBox={`0 0 ${width} ${HEIGHT}`} height={HEIGHT} role="img" aria-label={`${label}. ${parts.map((one) => sayOf(one)).join('; ')}`}>
        {ticks([-down, up], 6).map((tick) => (
          <g key={tick}>
            <line className="grid" x1={LEFT} x2={width} y1={y(tick)} y2={y(tick)} />
            <text className="tick" x={LEFT - 8} y={y(tick) + 4} textAnchor="end">
              {onAxis(Math.abs(tick), 'count', locale)}
            </text>
          </g>
        ))}
        {parts.map((one, at) => {
          const middle = LEFT + slot * (at + 0.5);
          const x = middle - bar / 2;
          return (
            <g key={one.key}>
              <title>{sayOf(one)}</title>
              <rect className="told" x={x} width={bar} y={y(one.told)} height={y(0) - y(one.told)} />
              <rect className="known" x={x} width={bar} y={y(0)} height={y(-one.known) - y(0)} />
              <rect className="reckoned" x={x} width={bar} y={y(-one.known)} height={y(-one.known - one.hidden) - y(-one.known)} />
              <line className="bound" x1={middle} x2={middle} y1={y(-one.known - one.least)} y2={y(-one.known - one.most)} />
              <text className="tick" x={middle} y={HEIGHT - 12} textAnchor="middle">
                {/^\d+$/.test(one.label) ? (slot < 78 ? one.label : t('incidents.severity', { n: one.label })) : capital(one.label)}
              </text>
            </g>
          );
        })}
        <line className="water" x1={LEFT} x2={width} y1={y(0)} y2={y(0)} />
        <text className="tick" x={LEFT - 8} y={TOP - 6} textAnchor="end">
          {t('incidents.faults')}
        </text>
      </svg>
    </div>
  );

  function sayOf(one: Layers): string {
    const n = (value: number) => count(Math.round(value), locale);
    return t('incidents.layers', { label: one.label, told: n(one.told), known: n(one.known), hidden: n(one.hidden), all: one.all, range: one.range });
  }
}
