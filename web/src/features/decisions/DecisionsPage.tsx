// Every decision that somebody has taken, what it rested on, and the way back.

import { decisions } from '@/api/queries';
import { count } from '@/lib/numbers';
import { Block } from '@/parts/Block';
import { DecisionList, type Subject } from '@/parts/DecisionList';
import { PageHead } from '@/parts/PageHead';
import { useAddress, useSetAddress } from '@/parts/search';
import { useLocale } from '@/parts/useLocale';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { AboutActivity } from './AboutActivity';

const SUBJECTS: Subject[] = ['portfolio', 'service_level', 'reallocation', 'activity'];

export function DecisionsPage() {
  const { t } = useTranslation();
  const locale = useLocale();
  const { kind } = useAddress();
  const set = useSetAddress();
  const { data } = useQuery(decisions());
  const subject = SUBJECTS.find((one) => one === kind);
  return (
    <>
      <PageHead name={t('nav.pages.decisions')} sentence={data ? sentence() : ' '} because={t('diary.because')} />
      <Block
        title={t('diary.title')}
        linksLabel={t('diary.about')}
        links={
          <>
            <button type="button" aria-pressed={!subject} onClick={() => set({ kind: undefined }, { replace: true })}>
              {t('diary.every')}
            </button>
            {SUBJECTS.map((one) => (
              <button key={one} type="button" aria-pressed={subject === one} onClick={() => set({ kind: one }, { replace: true })}>
                {t(`diary.subjects.${one}`)}
              </button>
            ))}
          </>
        }
      >
        <DecisionList subject={subject} />
      </Block>
      <AboutActivity />
    </>
  );

  function sentence(): string {
    const all = data?.items ?? [];
    const standing = all.filter((one) => !one.undone);
    if (all.length === 0) return t('diary.nothing_decided');
    const unknown = standing.filter((one) => one.loyalty_line.unknown_signed).length;
    const more = data?.next_cursor ? 'sentence_latest' : 'sentence';
    return t(`diary.${more}`, { n: count(standing.length, locale), undone: count(all.length - standing.length, locale), unknown: count(unknown, locale) });
  }
}
