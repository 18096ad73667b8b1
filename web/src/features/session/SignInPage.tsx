// Who is it?

import { client, rememberCsrf, taken } from '@/api/client';
import { status } from '@/api/queries';
import { type Language, LANGUAGES, chooseLanguage } from '@/i18n/language';
import { problemText } from '@/parts/ProblemBox';
import { useAddress } from '@/parts/search';
import { useLocale } from '@/parts/useLocale';
import { Button } from '@/ui/Button';
import { Field } from '@/ui/Field';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useRouter } from '@tanstack/react-router';
import { type ReactNode, useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';

export function SignInPage() {
  const { t } = useTranslation();
  const { return_to } = useAddress();
  const { data: found } = useQuery(status());
  const enter = useEnter();
  const [email, setEmail] = useState('');
  const [password, setPassword] = useState('');
  const send = useMutation({
    mutationFn: () => taken(client.POST('/api/v1/session', { body: { email: email.trim(), password } })),
    onSuccess: (view) => enter(view, return_to),
  });
  return (
    <Door title={t('session.sign_in')} sentence={found?.company ? t('session.sentence', { company: found.company }) : t('session.sign_in')}>
      <form
        className="form"
        onSubmit={(event) => {
          event.preventDefault();
          send.mutate();
        }}
      >
        <Field label={t('session.email')}>
          <input type="email" autoComplete="username" required value={email} onChange={(event) => setEmail(event.target.value)} />
        </Field>
        <Field label={t('session.password')}>
          <input type="password" autoComplete="current-password" required value={password} onChange={(event) => setPassword(event.target.value)} />
        </Field>
        {send.error && (
          <p className="bad" role="alert">
            {problemText(send.error, t('problem.unreachable'))}
          </p>
        )}
        <div className="actions">
          <Button type="submit" look="main" unable={send.isPending ? t('session.signing_in') : null}>
            {t('session.sign_in')}
          </Button>
          {found?.oidc_enabled && (
            <a className="button" href={`/api/v1/session/oidc?return_to=${encodeURIComponent(safe(return_to))}`}>
              {t('session.oidc')}
            </a>
          )}
        </div>
      </form>
    </Door>
  );
}

/** Only ever back to an address of our own. */
export function safe(address: string | undefined): string {
  return address && /^\/(?![/\\])/.test(address) ? address : '/';
}

export function useEnter(): (view: { csrf: string }, returnTo?: string) => void {
  const queries = useQueryClient();
  const router = useRouter();
  return (view, returnTo) => {
    rememberCsrf(view.csrf);
    queries.clear();
    queries.setQueryData(['session'], view);
    router.history.push(safe(returnTo));
  };
}

export function Door({ title, sentence, because, children }: { title: string; sentence: string; because?: string; children: ReactNode }) {
  const { t } = useTranslation();
  const locale = useLocale();
  useEffect(() => {
    document.title = `${title} · ${t('app.name')}`;
  }, [title, t]);
  return (
    <div className="door">
      <header className="doortop">
        <span className="brand">
          odla
          <i aria-hidden="true" />
        </span>
        <span role="group" aria-label={t('app.language')}>
          {LANGUAGES.map((language: Language) => (
            <button key={language} type="button" className="quiet" lang={language} aria-pressed={locale === language} onClick={() => void chooseLanguage(language)}>
              {language === 'sv' ? 'Svenska' : 'English'}
            </button>
          ))}
        </span>
      </header>
      <main>
        <h1>{sentence}</h1>
        {because && <p className="because">{because}</p>}
        {children}
      </main>
      <footer className="mute small">{t('app.motto')}</footer>
    </div>
  );
}
