// Whose data, of which run, in which language, seen by whom?

import { client, taken } from '@/api/client';
import { runs, session, status } from '@/api/queries';
import { type Language, LANGUAGES, chooseLanguage } from '@/i18n/language';
import { day } from '@/lib/dates';
import { paths } from '@/lib/paths';
import { THEMES, chooseTheme, chosenTheme } from '@/lib/theme';
import { useAddress, useSetAddress } from '@/parts/search';
import { useLocale } from '@/parts/useLocale';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';

export function TopBar({ onMenu }: { onMenu: () => void }) {
  const { t } = useTranslation();
  const { data: company } = useQuery(status());
  return (
    <header className="top">
      <button type="button" className="quiet menutoggle" onClick={onMenu} aria-haspopup="dialog">
        {t('nav.menu')}
      </button>
      <span className="company">{company?.company}</span>
      <span className="spring" />
      <RunPill />
      <Languages />
      <PersonMenu />
    </header>
  );
}

function RunPill() {
  const { t } = useTranslation();
  const locale = useLocale();
  const { run } = useAddress();
  const set = useSetAddress();
  const { data } = useQuery(runs());
  const shown = run ? data?.items.find((one) => one.id === run) : data?.items.find((one) => one.latest);
  if (!shown) return null;
  return (
    <>
      <Link className={shown.latest ? 'pill' : 'pill old'} to={paths.runs}>
        {t('run.pill', { day: day(shown.as_of, locale) })}
        <span className="ledger">{t('run.pill_ledger', { version: shown.ledger_version })}</span>
      </Link>
      {!shown.latest && (
        <button type="button" className="textlink" onClick={() => set({ run: undefined })}>
          {t('run.to_latest')}
        </button>
      )}
    </>
  );
}

function Languages() {
  const { t } = useTranslation();
  const locale = useLocale();
  const queries = useQueryClient();
  const choose = (language: Language) => {
    void chooseLanguage(language).then(async () => {
      // Remembered with the person too; the screen does not wait for it.
      await taken(client.PATCH('/api/v1/session/user', { body: { language } })).catch(() => undefined);
      await queries.invalidateQueries({ queryKey: ['session'] });
    });
  };
  return (
    <span role="group" aria-label={t('app.language')}>
      {LANGUAGES.map((language) => (
        <button key={language} type="button" className="quiet" lang={language} aria-pressed={locale === language} onClick={() => choose(language)}>
          <span aria-hidden="true">{language}</span>
          <span className="hidden">{language === 'sv' ? 'Svenska' : 'English'}</span>
        </button>
      ))}
    </span>
  );
}

function PersonMenu() {
  const { t } = useTranslation();
  const { data } = useQuery(session());
  const [theme, setTheme] = useState(chosenTheme);
  const menu = useRef<HTMLDetailsElement>(null);
  const queries = useQueryClient();
  const navigate = useNavigate();
  useCloseOutside(menu);
  const leave = async () => {
    await taken(client.DELETE('/api/v1/session')).catch(() => undefined);
    queries.clear();
    await navigate({ to: paths.signIn });
  };
  return (
    <details className="menu" ref={menu}>
      <summary className="quiet">{shortName(data?.user.name ?? '')}</summary>
      <div>
        <p>
          <strong>{data?.user.name}</strong>
        </p>
        <p className="mute small">{data?.user.roles.map((role) => t(`roles.${role}` as 'roles.analyst')).join(', ')}</p>
        <fieldset className="themes">
          <legend>{t('theme.label')}</legend>
          {THEMES.map((one) => (
            <label key={one} className="check">
              <input
                type="radio"
                name="theme"
                checked={theme === one}
                onChange={() => {
                  chooseTheme(one);
                  setTheme(one);
                }}
              />
              <span>{t(`theme.${one}`)}</span>
            </label>
          ))}
        </fieldset>
        <button type="button" className="button small" onClick={() => void leave()}>
          {t('session.sign_out')}
        </button>
      </div>
    </details>
  );
}

function shortName(name: string): string {
  const [first = '', last = ''] = name.split(' ');
  return last ? `${first} ${last.charAt(0)}.` : first;
}

/** A menu closes when something else is pressed, or by Escape. */
function useCloseOutside(menu: React.RefObject<HTMLDetailsElement | null>): void {
  useEffect(() => {
    const press = (event: Event) => {
      if (menu.current?.open && !menu.current.contains(event.target as Node)) menu.current.open = false;
    };
    const key = (event: KeyboardEvent) => {
      if (event.key !== 'Escape' || !menu.current?.open) return;
      menu.current.open = false;
      menu.current.querySelector('summary')?.focus();
    };
    document.addEventListener('pointerdown', press);
    document.addEventListener('keydown', key);
    return () => {
      document.removeEventListener('pointerdown', press);
      document.removeEventListener('keydown', key);
    };
  }, [menu]);
}
