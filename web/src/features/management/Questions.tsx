// The five questions of a management team, answered in sentences, each with its grade.

import type { TableView } from '@/api/types';
import { paths } from '@/lib/paths';
import { spoken } from '@/lib/text';
import { rowsOf } from '@/parts/cells';
import { Block } from '@/parts/Block';
import { Grade, isGrade } from '@/parts/Grade';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';

export function Questions({ table, more }: { table: TableView; more: string[] }) {
  const { t } = useTranslation();
  return (
    <>
      <Block
        title={t('management.questions')}
        links={
          <Link to={paths.method} params={{ word: 'overview' }}>
            {t('management.how_judged')}
          </Link>
        }
      >
        <div className="rows">
          {rowsOf(table).map((row, at) => {
            const grade = row.text('grade');
            return (
              <div key={row.key('question') ?? at} className="question">
                <div>
                  <h3>{row.text('question')}</h3>
                  <p>{spoken(row.text('answer'))}</p>
                </div>
                {isGrade(grade) ? <Grade grade={grade} /> : <span className="none" role="img" aria-label={t('grade.none')} title={t('grade.none')} />}
              </div>
            );
          })}
        </div>
      </Block>
      {more.length > 0 && (
        <Block title={t('management.also')}>
          <div className="rows">
            {more.map((sentence) => (
              <p key={sentence}>{spoken(sentence)}</p>
            ))}
          </div>
        </Block>
      )}
    </>
  );
}
