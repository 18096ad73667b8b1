// Somebody was invited: which password will it be?

import { client, taken } from '@/api/client';
import { problemText } from '@/parts/ProblemBox';
import { Button } from '@/ui/Button';
import { Field } from '@/ui/Field';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { SHORTEST, useSecret } from './secret';
import { Door, useEnter } from './SignInPage';

export function InvitationPage() {
  const { t } = useTranslation();
  const enter = useEnter();
  const token = useSecret();
  const [password, setPassword] = useState('');
  const send = useMutation({
    mutationFn: () => taken(client.POST('/api/v1/invitation', { body: { token, password } })),
    onSuccess: (view) => enter(view),
  });
  const missing = !token ? t('invitation.no_link') : password.length < SHORTEST ? t('setup.password_hint', { n: SHORTEST }) : null;
  return (
    <Door title={t('invitation.title')} sentence={t('invitation.sentence')} because={token ? t('invitation.because') : t('invitation.no_link')}>
      <form
        className="form"
        onSubmit={(event) => {
          event.preventDefault();
          if (!missing) send.mutate();
        }}
      >
        <Field label={t('session.password')} hint={t('setup.password_hint', { n: SHORTEST })}>
          <input type="password" autoComplete="new-password" value={password} onChange={(event) => setPassword(event.target.value)} />
        </Field>
        {send.error && (
          <p className="bad" role="alert">
            {problemText(send.error, t('problem.unreachable'))}
          </p>
        )}
        <div className="actions">
          <Button type="submit" look="main" unable={send.isPending ? t('wait.saving') : missing}>
            {t('invitation.enter')}
          </Button>
        </div>
      </form>
    </Door>
  );
}
