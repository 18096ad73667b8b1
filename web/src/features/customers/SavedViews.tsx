// A view is an address with a name.

import { client, taken } from '@/api/client';
import { views } from '@/api/queries';
import { parseSearch, paths } from '@/lib/paths';
import { problemText } from '@/parts/ProblemBox';
import { Button } from '@/ui/Button';
import { Check, Field } from '@/ui/Field';
import { useSay } from '@/ui/toasts';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';

const PAGE = 'customers';

export function SavedViews() {
  const { t } = useTranslation();
  const say = useSay();
  const queries = useQueryClient();
  const { data } = useQuery(views(PAGE));
  const [name, setName] = useState('');
  const [shared, setShared] = useState(false);
  const again = () => queries.invalidateQueries({ queryKey: ['views', PAGE] });
  const refused = (error: unknown) => say(problemText(error, t('problem.unknown')));
  const keep = useMutation({
    mutationFn: () => taken(client.POST('/api/v1/views', { body: { page: PAGE, name: name.trim(), query: location.search, shared } })),
    onSuccess: async () => {
      say(t('views.kept', { name: name.trim() }));
      setName('');
      await again();
    },
    onError: refused,
  });
  const drop = useMutation({
    mutationFn: (id: string) => taken(client.DELETE('/api/v1/views/{id}', { params: { path: { id } } })),
    onSuccess: again,
    onError: refused,
  });
  return (
    <details className="menu drop">
      <summary className="button">{t('views.label')}</summary>
      <div>
        {data?.items.length ? (
          <ul className="rows">
            {data.items.map((view) => (
              <li key={view.id} className="actions">
                <Link to={paths.customers} search={parseSearch(view.query) as never}>
                  {view.name}
                </Link>
                {view.shared && <span className="mute small">{t('views.shared')}</span>}
                {view.mine && (
                  <button type="button" className="textlink" aria-label={t('views.drop_named', { name: view.name })} onClick={() => drop.mutate(view.id)}>
                    {t('views.drop')}
                  </button>
                )}
              </li>
            ))}
          </ul>
        ) : (
          <p className="mute">{t('views.none')}</p>
        )}
        <form
          className="form viewform"
          onSubmit={(event) => {
            event.preventDefault();
            if (name.trim()) keep.mutate();
          }}
        >
          <Field label={t('views.name')}>
            <input type="text" value={name} onChange={(event) => setName(event.target.value)} />
          </Field>
          <Check label={t('views.share')} checked={shared} onChange={() => setShared(!shared)} />
          <Button type="submit" look="main" unable={name.trim() ? null : t('views.needs_name')}>
            {t('views.keep')}
          </Button>
        </form>
      </div>
    </details>
  );
}
