// One method: what is computed, what is assumed, when not to trust it.

import { method } from '@/api/queries';
import { paths, pathOfWord } from '@/lib/paths';
import { Loaded } from '@/parts/Loaded';
import { PageHead } from '@/parts/PageHead';
import { Markdown } from '@/ui/Markdown';
import { useQuery } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';

export function MethodPage() {
  const { t } = useTranslation();
  const { word = '' } = useParams({ strict: false });
  const asked = useQuery(method(word));
  return (
    <Loaded of={asked}>
      {(found) => (
        <>
          <PageHead
            name={found.title}
            crumb={<Link to={paths.methods}>{t('nav.pages.methods')}</Link>}
            sentence={found.title}
            actions={
              <Link className="button" to={pathOfWord(word)}>
                {t('methods.to_page')}
              </Link>
            }
          />
          <Markdown
            text={found.markdown.replace(/^# .*\n/, '')}
            linkTo={(href, label) => {
              const other = /^(\w+)\.(?:sv|en)\.md/.exec(href)?.[1];
              if (other) return <Link to={paths.method} params={{ word: other }}>{label}</Link>;
              return /^https:/.test(href) ? <a href={href}>{label}</a> : label;
            }}
          />
        </>
      )}
    </Loaded>
  );
}
