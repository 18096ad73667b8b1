// The way to every page, in plain words.

import { paths } from '@/lib/paths';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { GROUPS } from './navigation';
import { useEntries } from './useEntries';

export function Navigation({ onFind, onGone }: { onFind: () => void; onGone?: () => void }) {
  const { t } = useTranslation();
  const entries = useEntries();
  return (
    <nav className="side" aria-label={t('nav.label')}>
      <Link to={paths.management} className="brand" aria-label={t('app.home')} onClick={onGone}>
        odla
        <i aria-hidden="true" />
      </Link>
      <button type="button" className="quiet findbutton" onClick={onFind} aria-keyshortcuts="Control+K Meta+K">
        {t('palette.find')} <kbd aria-hidden="true">{isMac() ? '⌘K' : 'Ctrl K'}</kbd>
      </button>
      <div>
        {GROUPS.map((group) => {
          const inGroup = entries.filter((entry) => entry.group === group);
          if (inGroup.length === 0) return null;
          const id = `group-${group}`;
          return (
            <div key={group}>
              {group !== 'management' && (
                <div className="group" id={id}>
                  {t(`nav.groups.${group}`)}
                </div>
              )}
              <ul aria-labelledby={group === 'management' ? undefined : id}>
                {inGroup.map((entry) => (
                  <li key={entry.to}>
                    <Link to={entry.to} activeOptions={{ exact: entry.to === paths.management, includeSearch: false }} onClick={onGone}>
                      {entry.label}
                    </Link>
                  </li>
                ))}
              </ul>
            </div>
          );
        })}
      </div>
    </nav>
  );
}

function isMac(): boolean {
  return /mac/i.test(navigator.userAgent);
}
