// One customer: worth, risks and stance, and everything said, done and met on one time line.

import { customer as customerQuery } from '@/api/queries';
import type { CustomerView, FigureView, StepView } from '@/api/types';
import { Waterfall } from '@/charts/Waterfall';
import { day } from '@/lib/dates';
import { moneyScale, onAxis, share } from '@/lib/numbers';
import { paths } from '@/lib/paths';
import { capital } from '@/lib/text';
import { Block } from '@/parts/Block';
import { CustomerDecision, type Stance } from '@/parts/CustomerDecision';
import { useUndoDecision } from '@/parts/DecisionForm';
import { Figure } from '@/parts/FigureStrip';
import { Loaded } from '@/parts/Loaded';
import { PageHead } from '@/parts/PageHead';
import { useMay } from '@/parts/permissions';
import { useAddress } from '@/parts/search';
import { useLocale } from '@/parts/useLocale';
import { Button } from '@/ui/Button';
import { DataTable } from '@/ui/DataTable';
import { Dialog } from '@/ui/Dialog';
import { useQuery } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { TimeLine } from './TimeLine';

export function CustomerPage() {
  const { t } = useTranslation();
  const { id = '' } = useParams({ strict: false });
  const { run } = useAddress();
  const asked = useQuery(customerQuery(id, run));
  return (
    <Loaded of={asked} waiting={t('customer.waiting')}>
      {(view) => <Customer view={view} />}
    </Loaded>
  );
}

function Customer({ view }: { view: CustomerView }) {
  const { t } = useTranslation();
  const locale = useLocale();
  const name = String(view.customer.name ?? view.customer_id);
  const since = typeof view.customer.acquired_on === 'string' ? day(view.customer.acquired_on, locale) : null;
  const because = [
    since && t('customer.since', { day: since }),
    view.customer.kind === 'person' ? t('customer.person') : view.customer.kind === 'company' ? t('customer.company') : null,
    view.customer.segment,
    view.customer.region,
    view.customer.unit_id,
  ].filter(Boolean);
  const figures = [view.value, ...view.scores].filter((figure): figure is FigureView => figure !== null);
  return (
    <>
      <PageHead
        name={name}
        crumb={
          <>
            <Link to={paths.customers}>{t('nav.pages.customers')}</Link> / {view.customer_id}
          </>
        }
        sentence={view.value?.value != null ? t('customer.sentence', { name, value: view.value.text }) : t('customer.sentence_untold', { name })}
        because={because.join(' · ')}
      />
      <div className="strip five">
        {figures.slice(0, 5).map((figure) => (
          <Figure key={figure.key} figure={figure} />
        ))}
      </div>
      <div className="columns">
        <div>
          {view.profit.length > 0 && <ProfitBlock steps={view.profit} />}
        </div>
        <div>
          <StanceBlock view={view} name={name} />
          <Block title={t('customer.risks')}>
            {view.risks.length === 0 ? (
              <p className="mute">{t('customer.no_risks')}</p>
            ) : (
              <ul className="rows">
                {view.risks.map((risk) => (
                  <li key={risk.key} className={risk.severity === 'high' ? 'bad' : ''}>
                    {risk.text}
                  </li>
                ))}
              </ul>
            )}
          </Block>
        </div>
      </div>
      <TimeLine events={view.events} />
    </>
  );
}

function ProfitBlock({ steps }: { steps: StepView[] }) {
  const { t } = useTranslation();
  const locale = useLocale();
  const [table, setTable] = useState(false);
  const total = (step: StepView) => step.kind === 'total';
  const scale = moneyScale(Math.max(...steps.map((step) => Math.abs(step.amount))), 'money', locale);
  return (
    <Block
      title={t('customer.profit', { unit: scale.word })}
      links={
        <button type="button" aria-expanded={table} onClick={() => setTable(!table)}>
          {table ? t('table.hide') : t('table.show')}
        </button>
      }
    >
      <Waterfall
        label={t('customer.profit', { unit: scale.word })}
        sayFloor={(floor) => t('chart.floor', { floor: onAxis(floor, 'money', locale) })}
        steps={steps.map((step) => ({ key: step.key, label: step.label, amount: step.amount, total: total(step), text: total(step) ? scale.say(step.amount) : scale.sayChange(step.amount) }))}
      />
      {table && (
        <div className="beside">
          <DataTable
            label={t('customer.profit', { unit: scale.word })}
            sortLabel={t('table.sort')}
            sortable={false}
            columns={[
              { key: 'step', heading: t('customer.step'), numeric: false },
              { key: 'amount', heading: t('customer.amount'), numeric: true },
            ]}
            rows={steps.map((step) => [{ text: step.label }, { text: step.text, value: step.amount }])}
          />
        </div>
      )}
    </Block>
  );
}

function StanceBlock({ view, name }: { view: CustomerView; name: string }) {
  const { t } = useTranslation();
  const locale = useLocale();
  const may = useMay();
  const [deciding, setDeciding] = useState(false);
  const undo = useUndoDecision();
  const { stance } = view;
  const decided = stance?.decided && !stance.decided.undone ? stance.decided : null;
  const proposed = stance?.proposed as Stance | null | undefined;
  return (
    <Block title={t('customer.stance')}>
      {!stance?.proposed && !decided && <p className="mute">{view.customer.profiling_objected === true ? t('customer.objected') : t('customer.no_stance')}</p>}
      {stance?.proposed && (
        <p>
          {t('customer.proposed')} <strong className={`stanceword ${stance.proposed}`}>{capital(stance.label ?? stance.proposed)}</strong>
          {stance.probability != null && <span className="mute"> · {t('customer.right_class', { share: share(stance.probability, locale, 0) })}</span>}
        </p>
      )}
      {stance && stance.reasons.length > 0 && (
        <ul className="reasons">
          {stance.reasons.map((reason) => (
            <li key={reason}>{capital(reason)}</li>
          ))}
        </ul>
      )}
      {decided && (
        <div className="decided">
          <p>
            {t('customer.decided', { stance: t(`stance.${decided.choice as Stance}`), by: decided.by, day: day(decided.at, locale) })}
          </p>
          <p className="mute">{decided.reason}</p>
          <Button small onClick={() => undo.mutate(decided.id)}>
            {t('act.undo')}
          </Button>
        </div>
      )}
      {view.customer.kind === 'person' && stance?.proposed === 'stop' && <p className="warn">{t('portfolio.guard')}</p>}
      <div className="actions headactions">
        <Button look="main" unable={may('decide') ? null : t('decision.not_allowed')} onClick={() => setDeciding(true)}>
          {decided ? t('decision.decide_again') : t('decision.decide')}
        </Button>
      </div>
      <Dialog open={deciding} onClose={() => setDeciding(false)} title={t('decision.title_for', { name })} closeLabel={t('act.close')}>
        <CustomerDecision customerIds={[view.customer_id]} reviewed={[view.customer_id]} run={view.run ?? ''} first={proposed ?? undefined} onDone={() => setDeciding(false)} />
      </Dialog>
    </Block>
  );
}
