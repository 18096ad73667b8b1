// How many customers stand in each bed of the garden, and how much of the value?

import { useWidth } from './useWidth';

export interface Bed {
  stance: 'grow' | 'refine' | 'stop';
  label: string;
  customers: number;
  customersText: string;
  valueText: string;
  href?: string;
}

interface Props {
  beds: Bed[];
  label: string;
  sayDot: (customers: number) => string;
}

const STEP = 13;

/** One fruit is so many customers that the largest bed has at most about 260 fruits. */
function perFruit(beds: Bed[]): number {
  const most = Math.max(1, ...beds.map((bed) => bed.customers));
  const rough = most / 260;
  const size = 10 ** Math.floor(Math.log10(Math.max(1, rough)));
  return [1, 2, 5, 10].map((factor) => factor * size).find((candidate) => candidate >= rough) ?? 10 * size;
}

export function Garden({ beds, label, sayDot }: Props) {
  const [box, width] = useWidth(900);
  const narrow = width < 620;
  const each = perFruit(beds);
  const gap = 28;
  const bedWidth = narrow ? width : (width - gap * (beds.length - 1)) / beds.length;
  const across = Math.max(4, Math.floor(bedWidth / STEP));
  const rowsOf = (bed: Bed) => Math.ceil(Math.round(bed.customers / each) / across);
  const tall = Math.max(...beds.map(rowsOf)) * STEP + 62;
  const heights = beds.map((bed) => (narrow ? rowsOf(bed) * STEP + 70 : tall));
  const height = (narrow ? heights.reduce((sum, one) => sum + one, 0) : tall) + 20;
  return (
    <div ref={box}>
      <svg className="picture" viewBox={`0 0 ${width} ${height}`} height={height} role="img" aria-label={label}>
        {beds.map((bed, at) => {
          const left = narrow ? 0 : at * (bedWidth + gap);
          const top = narrow ? heights.slice(0, at).reduce((sum, one) => sum + one, 0) : 0;
          return (
            <g key={bed.stance} transform={`translate(${left} ${top})`}>
              <text className="strong" y={14} fontSize={14}>
                {bed.label}
              </text>
              <text y={32}>
                {bed.customersText} · {bed.valueText}
              </text>
              <line className="axis" x1={0} x2={bedWidth} y1={42} y2={42} />
              {Array.from({ length: Math.round(bed.customers / each) }, (_, n) => (
                <Fruit key={n} stance={bed.stance} x={(n % across) * STEP + 5} y={56 + Math.floor(n / across) * STEP} />
              ))}
            </g>
          );
        })}
      </svg>
      <p className="small mute">{sayDot(each)}</p>
    </div>
  );
}

/** The stance is told by shape as well as by color: whole, half, hollow. */
function Fruit({ stance, x, y }: { stance: Bed['stance']; x: number; y: number }) {
  if (stance === 'refine')
    return (
      <>
        <circle className="stop" style={{ stroke: 'var(--sun)' }} cx={x} cy={y} r={4.2} />
        <path className="refine" d={`M${x - 4.2} ${y} A4.2 4.2 0 0 0 ${x + 4.2} ${y} Z`} />
      </>
    );
  return <circle className={stance} cx={x} cy={y} r={stance === 'grow' ? 5 : 4.2} />;
}
