// What does the company assume, and what is it called?

import { client, taken } from '@/api/client';
import { settings } from '@/api/queries';
import type { SettingsView } from '@/api/types';
import { Block } from '@/parts/Block';
import { Loaded } from '@/parts/Loaded';
import { problemText } from '@/parts/ProblemBox';
import { Button } from '@/ui/Button';
import { Field } from '@/ui/Field';
import { useSay } from '@/ui/toasts';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';

export function Settings() {
  const asked = useQuery(settings());
  return <Loaded of={asked} rows={1}>{(found) => <SettingsForm key={found.version} found={found} />}</Loaded>;
}

function SettingsForm({ found }: { found: SettingsView }) {
  const { t } = useTranslation();
  const say = useSay();
  const queries = useQueryClient();
  const [company, setCompany] = useState(found.company);
  const [discount, setDiscount] = useState(percent(found.analysis.discount_rate));
  const [horizon, setHorizon] = useState(String(found.analysis.horizon_months));
  const [level, setLevel] = useState(percent(found.analysis.level));
  const [margin, setMargin] = useState(found.analysis.assumed_margin_share == null ? '' : percent(found.analysis.assumed_margin_share));
  const send = useMutation({
    mutationFn: () =>
      taken(
        client.PATCH('/api/v1/settings', {
          body: {
            company: company.trim(),
            analysis: { discount_rate: Number(discount) / 100, horizon_months: Number(horizon), level: Number(level) / 100, assumed_margin_share: margin === '' ? null : Number(margin) / 100 },
            version: found.version,
          },
        }),
      ),
    onSuccess: async () => {
      say(t('settings.saved'));
      await queries.invalidateQueries();
    },
  });
  return (
    <Block title={t('administration.settings')}>
      <form
        className="form"
        onSubmit={(event) => {
          event.preventDefault();
          send.mutate();
        }}
      >
        <Field label={t('settings.company')}>
          <input type="text" value={company} onChange={(event) => setCompany(event.target.value)} />
        </Field>
        <Field label={t('settings.discount')} hint={t('settings.discount_hint')}>
          <input type="number" min={0} max={99} step="any" value={discount} onChange={(event) => setDiscount(event.target.value)} />
        </Field>
        <Field label={t('settings.horizon')}>
          <input type="number" min={1} max={600} value={horizon} onChange={(event) => setHorizon(event.target.value)} />
        </Field>
        <Field label={t('settings.level')} hint={t('settings.level_hint')}>
          <input type="number" min={50} max={99.9} step="any" value={level} onChange={(event) => setLevel(event.target.value)} />
        </Field>
        <Field label={t('settings.margin')} hint={t('settings.margin_hint')}>
          <input type="number" min={0} max={100} step="any" value={margin} onChange={(event) => setMargin(event.target.value)} />
        </Field>
        <dl className="facts">
          <dt>{t('settings.currency')}</dt>
          <dd>{found.currency}</dd>
          <dt>{t('settings.time_zone')}</dt>
          <dd>{found.time_zone}</dd>
        </dl>
        {send.error && (
          <p className="bad" role="alert">
            {problemText(send.error, t('problem.unknown'))}
          </p>
        )}
        <div className="actions">
          <Button type="submit" look="main" unable={send.isPending ? t('wait.saving') : null}>
            {t('act.save')}
          </Button>
          <span className="mute">{t('settings.from_next_run')}</span>
        </div>
      </form>
    </Block>
  );
}

function percent(share: number): string {
  return String(Number((share * 100).toFixed(6)));
}
