// Which of our activities create loyalty, what is each worth, and which do we know nothing of?

import { report } from '@/api/queries';
import type { PageView } from '@/api/types';
import { Whiskers } from '@/charts/Whiskers';
import { onAxis } from '@/lib/numbers';
import { paths } from '@/lib/paths';
import { capital } from '@/lib/text';
import { Block } from '@/parts/Block';
import { Cautions } from '@/parts/Cautions';
import { keyOf, rowsOf, tableOf } from '@/parts/cells';
import { ChartBlock } from '@/parts/ChartBlock';
import { FigureStrip } from '@/parts/FigureStrip';
import { Grade } from '@/parts/Grade';
import { Loaded } from '@/parts/Loaded';
import { PageHead } from '@/parts/PageHead';
import { ReportFoot } from '@/parts/ReportFoot';
import { useReportIfThere } from '@/parts/reportIfThere';
import { TableBlock } from '@/parts/ReportTable';
import { useAddress } from '@/parts/search';
import { useLocale } from '@/parts/useLocale';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { Unjudged } from './Unjudged';
import { type Activity, activitiesOf, isTold } from './known';

export function ActivitiesPage() {
  const { run } = useAddress();
  const register = useQuery(report('activities', run));
  const effects = useReportIfThere('effects', run);
  const timing = useReportIfThere('timing', run);
  // The page stands on the register or on the effects, whichever there is.
  const waiting = register.isPending || effects.waiting || timing.waiting;
  const first = register.data ?? effects.page;
  const asked = { data: waiting ? undefined : first, error: waiting || first ? undefined : register.error, refetch: register.refetch };
  return <Loaded of={asked}>{() => <Activities register={register.data} effects={effects.page} timing={timing.page} />}</Loaded>;
}

const REGISTER = ['activities.count', 'activities.with_receivers.count', 'activities.books_12m', 'activities.cost_12m', 'activities.mapped_share', 'activities.blind_spots.count'];
const VERDICTS = ['effects.paying.count', 'effects.harmful.count', 'effects.none.count', 'effects.unjudged.count'];

function Activities({ register, effects, timing }: { register: PageView | undefined; effects: PageView | undefined; timing: PageView | undefined }) {
  const { t } = useTranslation();
  const all = activitiesOf(register, effects, timing);
  const told = all.filter(isTold);
  const page = effects ?? register;
  const [sentence = t('report.nothing')] = page?.sentences ?? [];
  const because = effects?.sentences.at(-1);
  const best = because && effects && effects.sentences.length > 1 && effects.sentences.length > (effects.tables[0]?.rows.length ?? 0) + 1 ? because : register?.sentences[0];
  const of = (from: PageView | undefined, keys: string[]) => from?.figures.filter((figure) => keys.includes(figure.key)) ?? [];
  return (
    <>
      <PageHead name={t('nav.pages.activities')} crumb={t('nav.pages.activities')} sentence={sentence} because={best === sentence ? register?.sentences[1] : best} />
      {effects && <FigureStrip figures={of(effects, VERDICTS)} />}
      {effects && told.length > 0 && <Ranked told={told} effects={effects} />}
      <Unjudged all={all.filter((one) => !isTold(one))} studied={effects !== undefined} />
      {register && (
        <>
          <h2 className="part">{t('activities.register')}</h2>
          <FigureStrip figures={of(register, REGISTER)} />
          <BlindSpots register={register} />
          {['activities.process_map', 'activities.list', 'activities.books', 'activities.behaviors'].map((key) => {
            const table = tableOf(register.tables, key);
            return table && <TableBlock key={key} table={table} word="activities" run={register.run} />;
          })}
        </>
      )}
      {effects?.tables
        .filter((table) => table.rows.length > 0 && table.key !== 'effects.money')
        .map((table) => <TableBlock key={table.key} table={table} word="effects" run={effects.run} />)}
      <Cautions cautions={[...(effects?.cautions ?? []), ...(register?.cautions ?? [])]} />
      {page && <ReportFoot word={effects ? 'effects' : 'activities'} run={page.run} asOf={page.as_of} />}
    </>
  );
}

/** What each gives per customer, the best per krona first, with how sure we are. */
function Ranked({ told, effects }: { told: Activity[]; effects: PageView }) {
  const { t } = useTranslation();
  const locale = useLocale();
  const money = tableOf(effects.tables, 'effects.money');
  const drawn = told.flatMap(({ id, name, money: row }) => {
    const [value, ends] = [row?.number('effects.gain') ?? null, row?.range('effects.gain_range') ?? null];
    return row && value !== null && ends ? [{ key: id, label: name, value, lower: ends[0], upper: ends[1], text: `${name}: ${row.text('effects.gain')} (${row.text('effects.gain_range')})` }] : [];
  });
  const list = (
    <ol className="rows plain ranked">
      {told.map((one) => (
        <li key={one.id}>
          <div className="rankedgrade">{one.effect && <Grade grade={one.effect.text('effects.grade')} />}</div>
          <div>
            <h3>
              <Link to={paths.activity} params={{ id: one.id }}>
                {one.name}
              </Link>
            </h3>
            <p className="small mute">
              {capital(one.effect?.text('effects.verdict') ?? '')} · {t('activities.given', { how: one.effect?.text('effects.design') ?? '' })}
            </p>
          </div>
          <dl className="rankedfacts">
            <div>
              <dt>{t('activities.gain')}</dt>
              <dd>
                {one.money?.text('effects.gain') ?? '–'} <span className="small mute">{bracketed(one.money?.text('effects.gain_range'))}</span>
              </dd>
            </div>
            <div>
              <dt>{t('activities.cost')}</dt>
              <dd>{one.money?.text('effects.cost_each') ?? '–'}</dd>
            </div>
            <div>
              <dt>{t('activities.per_krona')}</dt>
              <dd>
                {one.money?.text('effects.per_krona') ?? '–'} <span className="small mute">{bracketed(one.money?.text('effects.per_krona_range'))}</span>
              </dd>
            </div>
            <div>
              <dt>{t('activities.staying')}</dt>
              <dd>
                {one.effect?.text('effects.stay') ?? '–'} <span className="small mute">{bracketed(one.effect?.text('effects.stay_range'))}</span>
              </dd>
            </div>
          </dl>
        </li>
      ))}
    </ol>
  );
  if (!money || drawn.length === 0) return <Block title={t('activities.ranked')}>{list}</Block>;
  return (
    <ChartBlock title={t('activities.ranked')} table={money} word="effects" run={effects.run}>
      <Whiskers rows={drawn} label={t('activities.ranked')} unit={t('activities.gain_axis')} onAxis={(tick) => onAxis(tick, 'money', locale)} />
      {list}
    </ChartBlock>
  );
}

function bracketed(text: string | undefined): string {
  return !text || text === '–' ? '' : `(${text})`;
}

/** Squares of the process map where nothing is known. */
function BlindSpots({ register }: { register: PageView }) {
  const { t } = useTranslation();
  const map = tableOf(register.tables, 'activities.process_map');
  if (!map) return null;
  const spots = rowsOf(map).flatMap((row, at) => {
    const blind = map.columns.flatMap((column, number) => (keyOf(map.rows[at]?.[number]) === 'blind' ? [(map.headings[number] ?? '').toLocaleLowerCase()] : []));
    return blind.length ? [{ process: capital(row.text('activities.process')), blind }] : [];
  });
  if (spots.length === 0) return null;
  return (
    <Block title={t('activities.blind')}>
      <p className="narrow">{t('activities.blind_means')}</p>
      <ul className="blindspots">
        {spots.map(({ process, blind }) => (
          <li key={process}>
            <b>{process}</b> {t('activities.blind_in', { what: blind.join(', ') })}
          </li>
        ))}
      </ul>
    </Block>
  );
}
