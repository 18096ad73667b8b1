// In which language is the screen, and where is that remembered?

import i18next from 'i18next';
import { initReactI18next } from 'react-i18next';

export const LANGUAGES = ['sv', 'en'] as const;
export type Language = (typeof LANGUAGES)[number];

const STORED = 'odla.language';

export function currentLanguage(): Language {
  return i18next.language === 'en' ? 'en' : 'sv';
}

/** Starts in the language chosen last, else the browser's, else Swedish. */
export async function startLanguage(): Promise<void> {
  const language = firstLanguage();
  await i18next.use(initReactI18next).init({
    lng: language,
    fallbackLng: false,
    resources: { [language]: { translation: await texts(language) } },
    interpolation: { escapeValue: false },
    returnNull: false,
  });
  document.documentElement.lang = language;
}

/** A language's texts are fetched when it is first chosen. */
export async function chooseLanguage(language: Language): Promise<void> {
  if (!i18next.hasResourceBundle(language, 'translation')) {
    i18next.addResourceBundle(language, 'translation', await texts(language));
  }
  await i18next.changeLanguage(language);
  document.documentElement.lang = language;
  try {
    localStorage.setItem(STORED, language);
  } catch {
    // Storage may be shut off; the choice then lasts as long as the page.
  }
}

export function rememberedLanguage(): Language | null {
  try {
    const stored = localStorage.getItem(STORED);
    return stored === 'sv' || stored === 'en' ? stored : null;
  } catch {
    return null;
  }
}

function firstLanguage(): Language {
  const asked = new URLSearchParams(location.search).get('lang');
  if (asked === 'sv' || asked === 'en') return asked;
  return rememberedLanguage() ?? (navigator.language.startsWith('en') ? 'en' : 'sv');
}

async function texts(language: Language): Promise<Record<string, unknown>> {
  return (language === 'en' ? await import('./en.json') : await import('./sv.json')).default;
}
