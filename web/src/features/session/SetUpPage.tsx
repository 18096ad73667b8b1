// The first start: who is the administrator?

import { client, taken } from '@/api/client';
import { problemText } from '@/parts/ProblemBox';
import { Button } from '@/ui/Button';
import { Field } from '@/ui/Field';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { SHORTEST, useSecret } from './secret';
import { Door, useEnter } from './SignInPage';

export function SetUpPage() {
  const { t } = useTranslation();
  const enter = useEnter();
  // The one-time link carries the token; nothing else does, and it leaves the address at once.
  const secret = useSecret();
  const [token, setToken] = useState(secret);
  const [name, setName] = useState('');
  const [email, setEmail] = useState('');
  const [password, setPassword] = useState('');
  const send = useMutation({
    mutationFn: () => taken(client.POST('/api/v1/setup', { body: { token: token.trim(), name: name.trim(), email: email.trim(), password } })),
    onSuccess: (view) => enter(view),
  });
  const short = password.length > 0 && password.length < SHORTEST;
  const missing = token.trim() && name.trim() && email.trim() && password.length >= SHORTEST ? null : t('setup.needs_all');
  return (
    <Door title={t('setup.title')} sentence={t('setup.sentence')} because={t('setup.because')}>
      <form
        className="form"
        onSubmit={(event) => {
          event.preventDefault();
          if (!missing) send.mutate();
        }}
      >
        <Field label={t('setup.token')} hint={t('setup.token_hint')}>
          <input type="text" autoComplete="off" value={token} onChange={(event) => setToken(event.target.value)} />
        </Field>
        <Field label={t('setup.name')}>
          <input type="text" autoComplete="name" value={name} onChange={(event) => setName(event.target.value)} />
        </Field>
        <Field label={t('session.email')}>
          <input type="email" autoComplete="username" value={email} onChange={(event) => setEmail(event.target.value)} />
        </Field>
        <Field label={t('session.password')} hint={t('setup.password_hint', { n: SHORTEST })} fault={short ? t('setup.password_short', { n: SHORTEST - password.length }) : null}>
          <input type="password" autoComplete="new-password" value={password} onChange={(event) => setPassword(event.target.value)} />
        </Field>
        {send.error && (
          <p className="bad" role="alert">
            {problemText(send.error, t('problem.unreachable'))}
          </p>
        )}
        <div className="actions">
          <Button type="submit" look="main" unable={send.isPending ? t('wait.saving') : missing}>
            {t('setup.make')}
          </Button>
        </div>
      </form>
    </Door>
  );
}
