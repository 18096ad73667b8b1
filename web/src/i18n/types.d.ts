// Which keys are there? Those of the Swedish texts; a check holds the English ones to them.

import 'i18next';
import type sv from './sv.json';

declare module 'i18next' {
  interface CustomTypeOptions {
    defaultNS: 'translation';
    resources: { translation: typeof sv };
    returnNull: false;
  }
}
