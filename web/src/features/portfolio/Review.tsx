// One chosen customer at a time: what is known, before he or she is decided about.

import { customer as customerQuery } from '@/api/queries';
import type { CustomerRow } from '@/api/types';
import { share } from '@/lib/numbers';
import { paths } from '@/lib/paths';
import { capital } from '@/lib/text';
import { Loaded } from '@/parts/Loaded';
import { useLocale } from '@/parts/useLocale';
import { Button } from '@/ui/Button';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';

interface Props {
  rows: CustomerRow[];
  reviewed: Set<string>;
  onReviewed: (id: string) => void;
}

export function Review({ rows, reviewed, onReviewed }: Props) {
  const { t } = useTranslation();
  const [at, setAt] = useState(0);
  const place = Math.min(at, rows.length - 1);
  const row = rows[place];
  if (!row) return null;
  const id = String(row.customer_id);
  const move = (step: number) => setAt((place + step + rows.length) % rows.length);
  return (
    <section className="review" aria-label={t('review.label')}>
      <p className="small mute" role="status">
        {t('review.at', { at: place + 1, n: rows.length, seen: rows.filter((one) => reviewed.has(String(one.customer_id))).length })}
      </p>
      <One id={id} name={String(row.name ?? id)} />
      <div className="actions">
        <Button small onClick={() => move(-1)} unable={rows.length < 2 ? t('review.alone') : null}>
          {t('review.before')}
        </Button>
        <Button
          small
          look={reviewed.has(id) ? 'plain' : 'main'}
          onClick={() => {
            onReviewed(id);
            if (place < rows.length - 1) move(1);
          }}
        >
          {reviewed.has(id) ? t('review.seen') : t('review.see')}
        </Button>
        <Button small onClick={() => move(1)} unable={rows.length < 2 ? t('review.alone') : null}>
          {t('review.next')}
        </Button>
      </div>
    </section>
  );
}

function One({ id, name }: { id: string; name: string }) {
  const { t } = useTranslation();
  const locale = useLocale();
  const asked = useQuery(customerQuery(id));
  return (
    <>
      <h3>
        <Link to={paths.customer} params={{ id }}>
          {name}
        </Link>
      </h3>
      <div className="reviewroom">
        <Loaded of={asked} rows={0}>
          {(view) => (
            <>
              <p>
                {view.stance?.label ? `${t('customer.proposed')} ${capital(view.stance.label)}` : t('customer.no_stance')}
                {view.stance?.probability != null && `, ${t('customer.right_class', { share: share(view.stance.probability, locale, 0) })}`}
              </p>
              {view.stance && view.stance.reasons.length > 0 && <p className="mute">{view.stance.reasons.map(capital).join('. ')}.</p>}
              <dl className="facts">
                {[view.value, ...view.scores].slice(0, 4).map((figure) =>
                  figure ? (
                    <div key={figure.key} className="factrow">
                      <dt>{figure.label}</dt>
                      <dd>{figure.text}</dd>
                    </div>
                  ) : null,
                )}
              </dl>
            </>
          )}
        </Loaded>
      </div>
    </>
  );
}
