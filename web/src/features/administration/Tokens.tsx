// Keys for other systems; the secret is shown once.

import { client, taken } from '@/api/client';
import { tokens } from '@/api/queries';
import { day, moment } from '@/lib/dates';
import { Block } from '@/parts/Block';
import { Loaded } from '@/parts/Loaded';
import { problemText } from '@/parts/ProblemBox';
import { useLocale } from '@/parts/useLocale';
import { Button } from '@/ui/Button';
import { Check, Field } from '@/ui/Field';
import { useSay } from '@/ui/toasts';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';

const SCOPES = ['see_overview', 'see_customers', 'see_customer_details', 'decide', 'import', 'analyze', 'export'] as const;

export function Tokens() {
  const { t } = useTranslation();
  const locale = useLocale();
  const say = useSay();
  const queries = useQueryClient();
  const asked = useQuery(tokens());
  const drop = useMutation({
    mutationFn: (id: string) => taken(client.DELETE('/api/v1/tokens/{id}', { params: { path: { id } } })),
    onSuccess: async () => {
      say(t('tokens.dropped'));
      await queries.invalidateQueries({ queryKey: ['tokens'] });
    },
    onError: (error) => say(problemText(error, t('problem.unknown'))),
  });
  return (
    <>
      <Block title={t('administration.tokens')}>
        <Loaded of={asked} rows={1}>
          {(found) =>
            found.items.length === 0 ? (
              <p className="mute">{t('tokens.none')}</p>
            ) : (
              <ul className="rows">
                {found.items.map((token) => (
                  <li key={token.id} className="diaryentry">
                    <div>
                      <strong>{token.name}</strong>
                      <p>{token.scopes.map((scope) => t(`permissions.${scope as 'export'}`)).join(', ')}</p>
                      <p className="mute small">
                        {t('tokens.made', { day: day(token.made_at, locale) })}
                        {token.expires_at && ` · ${t('tokens.expires', { day: day(token.expires_at, locale) })}`}
                        {` · ${token.last_used_at ? t('tokens.used', { at: moment(token.last_used_at, locale) }) : t('tokens.never_used')}`}
                      </p>
                    </div>
                    <Button small look="danger" onClick={() => drop.mutate(token.id)}>
                      {t('tokens.drop')}
                    </Button>
                  </li>
                ))}
              </ul>
            )
          }
        </Loaded>
      </Block>
      <NewToken />
    </>
  );
}

function NewToken() {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const say = useSay();
  const [name, setName] = useState('');
  const [scopes, setScopes] = useState<string[]>(['export']);
  const [days, setDays] = useState('365');
  const [secret, setSecret] = useState<string | null>(null);
  const send = useMutation({
    mutationFn: () => taken(client.POST('/api/v1/tokens', { body: { name: name.trim(), scopes, ...(Number(days) > 0 ? { days: Number(days) } : {}) } })),
    onSuccess: async (made) => {
      setSecret(made.secret);
      setName('');
      await queries.invalidateQueries({ queryKey: ['tokens'] });
    },
  });
  const missing = name.trim() && scopes.length > 0 ? null : t('tokens.needs');
  return (
    <Block title={t('tokens.new')}>
      {secret && (
        <div className="state" role="status">
          <h2>{t('tokens.secret')}</h2>
          <p>{t('tokens.secret_because')}</p>
          <pre>{secret}</pre>
          <div className="actions">
            <Button onClick={() => void navigator.clipboard.writeText(secret).then(() => say(t('table.copied')), () => say(t('table.copy_failed')))}>{t('act.copy')}</Button>
            <Button onClick={() => setSecret(null)}>{t('tokens.kept')}</Button>
          </div>
        </div>
      )}
      <form
        className="form"
        onSubmit={(event) => {
          event.preventDefault();
          if (!missing) send.mutate();
        }}
      >
        <Field label={t('tokens.name')} hint={t('tokens.name_hint')}>
          <input type="text" value={name} onChange={(event) => setName(event.target.value)} />
        </Field>
        <Field label={t('tokens.days')}>
          <input type="number" min={1} max={3650} value={days} onChange={(event) => setDays(event.target.value)} />
        </Field>
        <fieldset>
          <legend>{t('tokens.scopes')}</legend>
          {SCOPES.map((scope) => (
            <Check
              key={scope}
              label={t(`permissions.${scope}`)}
              checked={scopes.includes(scope)}
              onChange={() => setScopes(scopes.includes(scope) ? scopes.filter((one) => one !== scope) : [...scopes, scope])}
            />
          ))}
        </fieldset>
        {send.error && (
          <p className="bad" role="alert">
            {problemText(send.error, t('problem.unknown'))}
          </p>
        )}
        <div className="actions">
          <Button type="submit" look="main" unable={send.isPending ? t('wait.saving') : missing}>
            {t('tokens.make')}
          </Button>
        </div>
      </form>
    </Block>
  );
}
