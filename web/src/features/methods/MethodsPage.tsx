// How is everything computed? One page for each capability.

import { methods } from '@/api/queries';
import { count } from '@/lib/numbers';
import { paths } from '@/lib/paths';
import { Loaded } from '@/parts/Loaded';
import { PageHead } from '@/parts/PageHead';
import { useLocale } from '@/parts/useLocale';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';

export function MethodsPage() {
  const { t } = useTranslation();
  const locale = useLocale();
  const asked = useQuery(methods());
  return (
    <Loaded of={asked}>
      {(found) => (
        <>
          <PageHead name={t('nav.pages.methods')} sentence={t('methods.sentence', { n: count(found.length, locale) })} because={t('methods.because')} />
          <ul className="rows narrow">
            {found.map((method) => (
              <li key={method.word}>
                <Link to={paths.method} params={{ word: method.word }}>
                  {method.title}
                </Link>
              </li>
            ))}
          </ul>
        </>
      )}
    </Loaded>
  );
}
