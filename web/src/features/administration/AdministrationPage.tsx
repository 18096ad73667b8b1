// Who may do what, and what has been done?

import { paths } from '@/lib/paths';
import { PageHead } from '@/parts/PageHead';
import { useMay } from '@/parts/permissions';
import { StateBox } from '@/ui/StateBox';
import { Link, useParams } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { Audit } from './Audit';
import { People } from './People';
import { Settings } from './Settings';
import { Tokens } from './Tokens';
import { Units } from './Units';

const SECTIONS = ['people', 'units', 'tokens', 'audit', 'settings'] as const;
type Section = (typeof SECTIONS)[number];

const SHOW: Record<Section, () => React.ReactNode> = {
  people: () => <People />,
  units: () => <Units />,
  tokens: () => <Tokens />,
  audit: () => <Audit />,
  settings: () => <Settings />,
};

export function AdministrationPage() {
  const { t } = useTranslation();
  const may = useMay();
  const { section } = useParams({ strict: false });
  const here = SECTIONS.find((one) => one === section) ?? 'people';
  const allowed = may('administer') || (here === 'audit' && may('see_audit'));
  return (
    <>
      <PageHead name={t('nav.pages.administration')} sentence={t(`administration.sentence_${here}`)} because={t(`administration.because_${here}`)} />
      <nav className="tabs" aria-label={t('nav.pages.administration')}>
        {SECTIONS.map((one) => (
          <Link key={one} to={paths.administrationSection} params={{ section: one }} aria-current={one === here ? 'page' : undefined}>
            {t(`administration.${one}`)}
          </Link>
        ))}
      </nav>
      {allowed ? SHOW[here]() : <StateBox title={t('administration.not_allowed')} />}
    </>
  );
}
