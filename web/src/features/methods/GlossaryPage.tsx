// What do our words mean? One word for each thing, in both languages.

import { glossary } from '@/api/queries';
import type { TermView } from '@/api/types';
import { count } from '@/lib/numbers';
import { match } from '@/lib/text';
import { Loaded } from '@/parts/Loaded';
import { PageHead } from '@/parts/PageHead';
import { useAddress, useSetAddress } from '@/parts/search';
import { useLocale } from '@/parts/useLocale';
import { DataTable } from '@/ui/DataTable';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';

export function GlossaryPage() {
  const asked = useQuery(glossary());
  return <Loaded of={asked}>{(found) => <Glossary items={found.items} />}</Loaded>;
}

function Glossary({ items }: { items: TermView[] }) {
  const { t } = useTranslation();
  const locale = useLocale();
  const { q = '' } = useAddress();
  const set = useSetAddress();
  const shown = items.filter((item) => match(`${item.term} ${item.sv} ${item.en} ${item.means}`, q) > 0);
  return (
    <>
      <PageHead name={t('nav.pages.glossary')} sentence={t('glossary.sentence', { n: count(items.length, locale) })} because={t('glossary.because')} />
      <input type="search" className="freetext" aria-label={t('glossary.search')} placeholder={t('glossary.search')} defaultValue={q} onChange={(event) => set({ q: event.target.value || undefined }, { replace: true })} />
      <p className="small mute underline" role="status">
        {t('glossary.found', { count: shown.length, n: count(shown.length, locale) })}
      </p>
      {shown.length > 0 && (
        <DataTable
          label={t('nav.pages.glossary')}
          sortLabel={t('table.sort')}
          columns={[
            { key: 'sv', heading: t('glossary.swedish'), numeric: false },
            { key: 'en', heading: t('glossary.english'), numeric: false },
            { key: 'means', heading: t('glossary.means'), numeric: false },
          ]}
          rows={shown.map((item) => [{ text: item.sv, show: <strong>{item.sv}</strong> }, { text: item.en }, { text: item.means }])}
        />
      )}
    </>
  );
}
