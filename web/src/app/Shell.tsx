// The frame of every page: navigation, top line, the page, the panel of evidence and the palette.

import { EvidencePanel } from '@/features/evidence/EvidencePanel';
import { Dialog } from '@/ui/Dialog';
import { Bones } from '@/ui/Bones';
import { Outlet, useLocation } from '@tanstack/react-router';
import { Suspense, lazy, useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Navigation } from './Navigation';
import { TopBar } from './TopBar';

const Palette = lazy(() => import('./Palette').then((module) => ({ default: module.Palette })));

export function Shell() {
  const { t } = useTranslation();
  const [finding, setFinding] = useState(false);
  const [menu, setMenu] = useState(false);
  const main = useRef<HTMLElement>(null);
  const { pathname } = useLocation();
  const first = useRef(true);

  useEffect(() => {
    const key = (event: KeyboardEvent) => {
      if (event.key.toLowerCase() !== 'k' || !(event.ctrlKey || event.metaKey)) return;
      event.preventDefault();
      setFinding((open) => !open);
    };
    document.addEventListener('keydown', key);
    return () => document.removeEventListener('keydown', key);
  }, []);

  // A new page is where reading goes on, for a screen reader too.
  useEffect(() => {
    if (first.current) first.current = false;
    else main.current?.focus({ preventScroll: true });
  }, [pathname]);

  return (
    <>
      <a className="skip" href="#main">
        {t('nav.skip')}
      </a>
      <div className="shell">
        <Navigation onFind={() => setFinding(true)} />
        <div className="page">
          <TopBar onMenu={() => setMenu(true)} />
          <main id="main" ref={main} tabIndex={-1}>
            <Suspense fallback={<Bones label={t('wait.reading')} />}>
              <Outlet />
            </Suspense>
          </main>
        </div>
      </div>
      <Dialog open={menu} onClose={() => setMenu(false)} title={t('nav.menu')} closeLabel={t('act.close')} place="sheet left">
        <Navigation
          onFind={() => {
            setMenu(false);
            setFinding(true);
          }}
          onGone={() => setMenu(false)}
        />
      </Dialog>
      <EvidencePanel />
      {finding && (
        <Suspense>
          <Palette onClose={() => setFinding(false)} />
        </Suspense>
      )}
    </>
  );
}
