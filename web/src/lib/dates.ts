// How is a day or a moment written?

import type { Locale } from './numbers';

const TAG = { sv: 'sv-SE', en: 'en-GB' } as const;

/** "30 juni 2026" or "30 June 2026", from an ISO date or moment. */
export function day(iso: string, locale: Locale): string {
  const date = parsed(iso);
  if (!date) return iso;
  return date.toLocaleDateString(TAG[locale], { day: 'numeric', month: 'long', year: 'numeric', timeZone: zone(iso) });
}

/** "30 juni 2026 14.05"; the reader's own time zone. */
export function moment(iso: string, locale: Locale): string {
  const date = parsed(iso);
  if (!date) return iso;
  if (isDay(iso)) return day(iso, locale);
  const time = date.toLocaleTimeString(TAG[locale], { hour: '2-digit', minute: '2-digit' });
  return `${day(iso, locale)} ${locale === 'sv' ? time.replace(':', '.') : time}`;
}

/** "30 juni" within a year that is already said. */
export function dayAndMonth(iso: string, locale: Locale): string {
  const date = parsed(iso);
  if (!date) return iso;
  return date.toLocaleDateString(TAG[locale], { day: 'numeric', month: 'long', timeZone: zone(iso) });
}

export function year(iso: string): string {
  return iso.slice(0, 4);
}

function isDay(iso: string): boolean {
  return iso.length <= 10;
}

/** A date without a time is a day in the calendar, the same everywhere. */
function zone(iso: string): string | undefined {
  return isDay(iso) ? 'UTC' : undefined;
}

function parsed(iso: string): Date | null {
  const date = new Date(isDay(iso) ? `${iso}T00:00:00Z` : iso);
  return Number.isNaN(date.getTime()) ? null : date;
}
