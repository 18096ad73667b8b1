// In which language do numbers and dates stand?

import type { Locale } from '@/lib/numbers';
import { useTranslation } from 'react-i18next';

export function useLocale(): Locale {
  const { i18n } = useTranslation();
  return i18n.language === 'en' ? 'en' : 'sv';
}
