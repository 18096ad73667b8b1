// What has been decided about customers? All decisions stand on a page of their own.

import { paths } from '@/lib/paths';
import { Block } from '@/parts/Block';
import { DecisionList } from '@/parts/DecisionList';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';

export function Diary() {
  const { t } = useTranslation();
  return (
    <Block title={t('diary.title')} links={<Link to={paths.decisions}>{t('diary.all')}</Link>}>
      <DecisionList subject="portfolio" />
    </Block>
  );
}
