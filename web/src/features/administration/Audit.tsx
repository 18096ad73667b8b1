// Who did what, and when?

import { audit } from '@/api/queries';
import { moment } from '@/lib/dates';
import { capital } from '@/lib/text';
import { Block } from '@/parts/Block';
import { Loaded } from '@/parts/Loaded';
import { useLocale } from '@/parts/useLocale';
import { Button } from '@/ui/Button';
import { DataTable } from '@/ui/DataTable';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';

export function Audit() {
  const { t } = useTranslation();
  const locale = useLocale();
  const asked = useInfiniteQuery(audit());
  return (
    <Block title={t('administration.audit')}>
      <Loaded of={asked} rows={1}>
        {(found) => (
          <>
            <DataTable
              label={t('administration.audit')}
              sortLabel={t('table.sort')}
              columns={[
                { key: 'at', heading: t('audit.at'), numeric: false },
                { key: 'who', heading: t('audit.who'), numeric: false },
                { key: 'what', heading: t('audit.what'), numeric: false },
                { key: 'subject', heading: t('audit.subject'), numeric: false },
              ]}
              rows={found.pages
                .flatMap((page) => page.items)
                .map((entry) => [
                  { text: moment(entry.at, locale), value: Date.parse(entry.at) },
                  { text: entry.who === 'program' ? t('audit.program') : entry.who === 'nobody' ? t('audit.nobody') : entry.who || '–' },
                  { text: capital(entry.deed), show: <Deed deed={entry.deed} more={entry.text} /> },
                  { text: entry.about || '–' },
                ])}
            />
            {asked.hasNextPage && (
              <div className="actions benchfoot">
                <Button onClick={() => void asked.fetchNextPage()}>{t('portfolio.more')}</Button>
              </div>
            )}
          </>
        )}
      </Loaded>
    </Block>
  );
}

function Deed({ deed, more }: { deed: string; more: string }) {
  return (
    <>
      {capital(deed)}
      {more && <span className="mute small auditmore">{more}</span>}
    </>
  );
}
