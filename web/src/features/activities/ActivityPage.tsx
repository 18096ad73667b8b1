// What does one activity do, how do we know, when is it seen, what does it cost, and what would change our mind?

import { report } from '@/api/queries';
import type { PageView } from '@/api/types';
import { Whiskers } from '@/charts/Whiskers';
import { onAxis } from '@/lib/numbers';
import { paths } from '@/lib/paths';
import { capital } from '@/lib/text';
import { Block } from '@/parts/Block';
import { tableOf } from '@/parts/cells';
import { FigureStrip } from '@/parts/FigureStrip';
import { Grade } from '@/parts/Grade';
import { Loaded } from '@/parts/Loaded';
import { PageHead } from '@/parts/PageHead';
import { useMay } from '@/parts/permissions';
import { ReportFoot } from '@/parts/ReportFoot';
import { useReportIfThere } from '@/parts/reportIfThere';
import { TableBlock } from '@/parts/ReportTable';
import { useAddress } from '@/parts/search';
import { useLocale } from '@/parts/useLocale';
import { StateBox } from '@/ui/StateBox';
import { useQuery } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import { Fragment } from 'react';
import { useTranslation } from 'react-i18next';
import { Compared } from './Compared';
import { Course } from './Course';
import { History } from './History';
import { type Activity, activitiesOf, figuresOf, isTold, sentencesOf, trialOf } from './known';
import { onlyOf } from './only';

export function ActivityPage() {
  const { t } = useTranslation();
  const { id = '' } = useParams({ strict: false });
  const { run } = useAddress();
  const register = useQuery(report('activities', run));
  const effects = useReportIfThere('effects', run);
  const timing = useReportIfThere('timing', run);
  const waiting = register.isPending || effects.waiting || timing.waiting;
  const first = register.data ?? effects.page;
  const asked = { data: waiting ? undefined : first, error: waiting || first ? undefined : register.error, refetch: register.refetch };
  return (
    <Loaded of={asked}>
      {() => {
        const all = activitiesOf(register.data, effects.page, timing.page);
        const one = all.find((other) => other.id === id);
        return one ? (
          <Known one={one} all={all} register={register.data} effects={effects.page} timing={timing.page} />
        ) : (
          <StateBox
            whole
            title={t('activities.unknown')}
            actions={
              <Link className="button main" to={paths.activities}>
                {t('activities.to_all')}
              </Link>
            }
          />
        );
      }}
    </Loaded>
  );
}

interface Pages {
  register: PageView | undefined;
  effects: PageView | undefined;
  timing: PageView | undefined;
}

const EFFECTS = ['value_strength', 'gain', 'effect_retention', 'effect_margin', 'effect_attitude', 'plain_difference'] as const;
const TIMES = ['months_to_effect', 'months_to_know', 'power', 'foretold'] as const;

function Known({ one, all, register, effects, timing }: Pages & { one: Activity; all: Activity[] }) {
  const { t } = useTranslation();
  const names = all.map((other) => other.name);
  const [sentence = one.effect ? t('activities.judged_not', { name: one.name }) : t('activities.nothing_known', { name: one.name })] = sentencesOf(effects?.sentences ?? [], one.name, names);
  const when = sentencesOf(timing?.sentences ?? [], one.name, names);
  const page = effects ?? register;
  const figures = figuresOf(effects, `activity.${one.id}`, EFFECTS);
  const told = figures.filter((figure) => figure.value != null || figure.key.endsWith('effect_retention'));
  return (
    <>
      <PageHead
        name={one.name}
        crumb={
          <>
            <Link to={paths.activities}>{t('nav.pages.activities')}</Link> · {one.id}
          </>
        }
        sentence={sentence}
        because={when[0] ?? (one.effect ? undefined : t(one.register?.key('activities.reached') === 'blind' ? 'activities.no_receivers' : 'activities.waiting'))}
      />
      {told.length > 0 && <FigureStrip figures={told} about={one.id} />}
      <div className="columns">
        <div>
          <Beside one={one} effects={effects} />
          <Course name={one.name} timing={timing} />
          {when.slice(1).map((line) => (
            <p key={line} className="narrow">
              {line}
            </p>
          ))}
          <ByGroup name={one.name} effects={effects} />
        </div>
        <div>
          <Design one={one} />
          <Mind one={one} />
          <Cost one={one} />
        </div>
      </div>
      {timing && figuresOf(timing, `timing.${one.id}`, TIMES).length > 0 && (
        <Block title={t('activities.how_fast')}>
          <FigureStrip figures={figuresOf(timing, `timing.${one.id}`, TIMES)} about={one.id} />
        </Block>
      )}
      {one.effect && effects && <Compared id={one.id} run={effects.run} />}
      {effects && <History id={one.id} />}
      {page && <ReportFoot word={effects ? 'effects' : 'activities'} run={page.run} asOf={page.as_of} />}
    </>
  );
}

/** The effect with what the plain difference would have made one believe. */
function Beside({ one, effects }: { one: Activity; effects: PageView | undefined }) {
  const { t } = useTranslation();
  const locale = useLocale();
  const figure = (what: string) => effects?.figures.find((other) => other.key === `activity.${one.id}.${what}`);
  const drawn = (['effect_retention', 'plain_difference'] as const).flatMap((what) => {
    const found = figure(what);
    if (found?.value == null || found.lower == null || found.upper == null) return [];
    const label = t(`activities.${what}`);
    return [{ key: what, label, value: found.value, lower: found.lower, upper: found.upper, text: `${label}: ${found.text} (${found.interval_text ?? ''})` }];
  });
  if (drawn.length === 0) return null;
  return (
    <Block title={t('activities.beside')}>
      <Whiskers rows={drawn} label={t('activities.beside')} unit={t('activities.points_staying')} onAxis={(tick) => onAxis(tick, 'share_points', locale)} />
      <p className="small mute">{t(isTold(one) ? 'activities.beside_note' : 'activities.plain_only')}</p>
    </Block>
  );
}

function ByGroup({ name, effects }: { name: string; effects: PageView | undefined }) {
  const table = effects && tableOf(effects.tables, 'effects.groups');
  const own = table && onlyOf(table, 'effects.activity', name);
  if (!own || own.rows.length === 0) return null;
  return <TableBlock table={own} word="effects" run={effects.run} />;
}

function Design({ one }: { one: Activity }) {
  const { t } = useTranslation();
  const { effect, evidence } = one;
  if (!effect) return null;
  const facts: [string, string | undefined][] = [
    [t('activities.design'), capital(effect.text('effects.design'))],
    [t('activities.verdict'), capital(effect.text('effects.verdict'))],
    [t('activities.got'), evidence?.text('effects.got')],
    [t('activities.compared_with'), evidence?.text('effects.compared')],
    [t('activities.placebo'), evidence?.text('effects.placebo')],
    [t('activities.e_value'), evidence?.text('effects.e_value')],
    [t('activities.unlike'), evidence?.text('effects.unlike')],
    [t('activities.why_not_better'), evidence && capital(evidence.text('effects.why_not_better'))],
  ];
  return (
    <Block title={t('activities.how_known')}>
      <p>
        <Grade grade={effect.text('effects.grade')} /> {t(`grade.${effect.text('effects.grade') as 'A'}`)}
      </p>
      <Facts facts={facts} />
      <p className="small mute">{t('activities.placebo_note')}</p>
    </Block>
  );
}

function Mind({ one }: { one: Activity }) {
  const { t } = useTranslation();
  const may = useMay();
  const mind = one.evidence?.text('effects.change_mind');
  return (
    <Block title={t('activities.mind')}>
      {mind && mind !== '–' ? <p>{mind}</p> : <p className="mute">{t('activities.mind_any')}</p>}
      {one.test && (
        <Facts
          facts={[
            [t('activities.test_difference'), one.test.text('effects.difference')],
            [t('activities.test_each'), one.test.text('effects.each')],
            [t('activities.test_weeks'), one.test.text('effects.weeks')],
            [t('activities.test_cost'), one.test.text('effects.test_cost')],
            [t('activities.test_available'), one.test.text('effects.available')],
          ]}
        />
      )}
      {may('analyze') && (
        <p>
          <Link className="button main" to={paths.newTrial} search={trialOf(one, t('activities.question', { name: one.name })) as never}>
            {t('activities.try')}
          </Link>
        </p>
      )}
    </Block>
  );
}

function Cost({ one }: { one: Activity }) {
  const { t } = useTranslation();
  const { register, money } = one;
  if (!register && !money) return null;
  return (
    <Block title={t('activities.costs')}>
      <Facts
        facts={[
          [t('activities.cost'), money?.text('effects.cost_each')],
          [t('activities.booked_year'), register?.text('activities.booked_year')],
          [t('activities.booked'), register?.text('activities.booked')],
          [t('activities.planned'), register?.text('activities.planned')],
          [t('activities.process'), register && capital(register.text('activities.process'))],
          [t('activities.owner'), register?.text('activities.owner')],
          [t('activities.state'), register && capital(register.text('activities.state'))],
          [t('activities.reached'), register && capital(register.text('activities.reached'))],
        ]}
      />
    </Block>
  );
}

/** What is not told is left out. */
function Facts({ facts }: { facts: [string, string | undefined][] }) {
  return (
    <dl className="facts lined">
      {facts
        .filter(([, value]) => value && value !== '–')
        .map(([name, value]) => (
          <Fragment key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </Fragment>
        ))}
    </dl>
  );
}
