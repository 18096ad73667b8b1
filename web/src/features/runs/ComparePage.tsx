// What moved between two runs, and why?

import { changes, runs } from '@/api/queries';
import type { ChangeView } from '@/api/types';
import { Band } from '@/ui/FigureTile';
import { day } from '@/lib/dates';
import { change, count } from '@/lib/numbers';
import { paths } from '@/lib/paths';
import { Ask } from '@/parts/Ask';
import { Block } from '@/parts/Block';
import { Loaded } from '@/parts/Loaded';
import { PageHead } from '@/parts/PageHead';
import { useAddress } from '@/parts/search';
import { useLocale } from '@/parts/useLocale';
import { StateBox } from '@/ui/StateBox';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';

export function ComparePage() {
  const { t } = useTranslation();
  const { a, b } = useAddress();
  const asked = useQuery({ ...changes(a ?? '', b ?? ''), enabled: Boolean(a && b) });
  if (!a || !b) return <StateBox whole title={t('runs.pick_two')} actions={<Link className="button main" to={paths.runs}>{t('nav.pages.runs')}</Link>} />;
  return <Loaded of={asked}>{(found) => <Compared items={found.items} reasons={found.reasons} a={a} b={b} />}</Loaded>;
}

function Compared({ items, reasons, a, b }: { items: ChangeView[]; reasons: string[]; a: string; b: string }) {
  const { t } = useTranslation();
  const locale = useLocale();
  const { data: known } = useQuery(runs());
  const when = (id: string) => day(known?.items.find((run) => run.id === id)?.as_of ?? id, locale);
  const moved = items.filter((item) => item.change != null && item.change !== 0);
  return (
    <>
      <PageHead
        name={t('runs.comparing')}
        crumb={<Link to={paths.runs}>{t('nav.pages.runs')}</Link>}
        sentence={t('runs.moved', { n: count(moved.length, locale), total: count(items.length, locale), a: when(a), b: when(b) })}
        because={t('runs.moved_because')}
      />
      {reasons.length > 0 && (
        <ul className="rows narrow">
          {reasons.map((reason) => (
            <li key={reason}>{reason}</li>
          ))}
        </ul>
      )}
      <Block title={t('runs.what_moved')}>
        {/* The region scrolls on a narrow screen. */}
        {/* eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
        <div className="tablebox" role="group" aria-label={t('runs.what_moved')} tabIndex={0}>
          <table className="changes">
            <thead>
              <tr>
                <th scope="col">{t('runs.figure')}</th>
                <th scope="col" className="number">{when(a)}</th>
                <th scope="col" className="number">{when(b)}</th>
                <th scope="col" className="number">{t('runs.change')}</th>
                <th scope="col">{t('runs.why')}</th>
              </tr>
            </thead>
            <tbody>
              {items.map((item) => (
                <tr key={item.key}>
                  <th scope="row">
                    <span className="asked">
                      {item.label} <Ask figure={item.key} label={item.label} />
                    </span>
                  </th>
                  <td className="number">{item.before?.text ?? '–'}</td>
                  <td className="number">
                    {item.after?.text ?? '–'}
                    {item.after?.value != null && item.after.lower != null && item.after.upper != null && (
                      <Band value={item.after.value} lower={item.after.lower} upper={item.after.upper} label={item.after.interval_text ?? ''} />
                    )}
                  </td>
                  <td className="number">{item.change == null ? '–' : change(item.change, item.unit, locale)}</td>
                  <td>{item.reasons.length ? item.reasons.join(' ') : <span className="mute">{t('runs.no_reason')}</span>}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      </Block>
    </>
  );
}
