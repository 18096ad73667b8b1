// A grade of evidence with its words.

import { GradeSquare } from '@/ui/GradeSquare';
import { useTranslation } from 'react-i18next';

export function Grade({ grade }: { grade: string }) {
  const { t } = useTranslation();
  if (!isGrade(grade)) return null;
  return <GradeSquare grade={grade} words={`${t('grade.label', { grade })}: ${t(`grade.${grade}`)}`} />;
}

export function isGrade(text: string): text is 'A' | 'B' | 'C' | 'D' {
  return /^[A-D]$/.test(text);
}
