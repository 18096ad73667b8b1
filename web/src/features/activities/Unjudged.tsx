// Of which activities can nothing be said yet, and what would be the cheapest way to know?

import { paths } from '@/lib/paths';
import { capital } from '@/lib/text';
import { Block } from '@/parts/Block';
import { Grade } from '@/parts/Grade';
import { useMay } from '@/parts/permissions';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { type Activity, trialOf } from './known';

export function Unjudged({ all, studied }: { all: Activity[]; studied: boolean }) {
  const { t } = useTranslation();
  const may = useMay();
  if (all.length === 0) return null;
  return (
    <Block title={t('activities.unjudged')}>
      <p className="narrow mute">{t(studied ? 'activities.unjudged_means' : 'activities.not_studied')}</p>
      <ul className="rows plain ranked">
        {all.map((one) => (
          <li key={one.id}>
            <div className="rankedgrade">{one.effect && <Grade grade={one.effect.text('effects.grade')} />}</div>
            <div>
              <h3>
                <Link to={paths.activity} params={{ id: one.id }}>
                  {one.name}
                </Link>
              </h3>
              <p className="small mute">{whyNot(one)}</p>
            </div>
            <div>
              {one.test && one.test.text('effects.each') !== '–' ? (
                <p className="small">
                  {t('activities.test', { each: one.test.text('effects.each'), weeks: one.test.text('effects.weeks'), cost: one.test.text('effects.test_cost') })}
                </p>
              ) : (
                <p className="small mute">{t('activities.test_unknown')}</p>
              )}
              {may('analyze') && (
                <p className="links">
                  <Link to={paths.newTrial} search={trialOf(one, t('activities.question', { name: one.name })) as never}>
                    {t('activities.try')}
                  </Link>
                </p>
              )}
            </div>
          </li>
        ))}
      </ul>
    </Block>
  );

  function whyNot(one: Activity): string {
    const why = one.evidence?.text('effects.why_not_better');
    if (one.effect && why && why !== '–') return capital(why);
    if (one.effect) return capital(one.effect.text('effects.verdict'));
    return one.register?.key('activities.reached') === 'blind' ? t('activities.no_receivers') : t('activities.waiting');
  }
}
