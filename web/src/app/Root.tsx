// What is on every page, also outside the door?

import { Outlet } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';

export function Root() {
  // Everything below is written again when the language changes.
  useTranslation();
  return <Outlet />;
}
