// The people who may sign in, their roles and their units.

import { client, taken } from '@/api/client';
import { people, units } from '@/api/queries';
import type { PersonView } from '@/api/types';
import { paths } from '@/lib/paths';
import { Block } from '@/parts/Block';
import { Loaded } from '@/parts/Loaded';
import { problemText } from '@/parts/ProblemBox';
import { Button } from '@/ui/Button';
import { Dialog } from '@/ui/Dialog';
import { Check, Field } from '@/ui/Field';
import { useSay } from '@/ui/toasts';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';

export const ROLES = ['administrator', 'management', 'analyst', 'customer_owner', 'service', 'employee', 'ombudsman', 'data_protection_officer'] as const;

export function People() {
  const { t } = useTranslation();
  const asked = useQuery(people());
  const [edited, setEdited] = useState<PersonView | 'new' | null>(null);
  return (
    <Block title={t('administration.people')} links={<button type="button" onClick={() => setEdited('new')}>{t('people.add')}</button>}>
      <Loaded of={asked} rows={1}>{(found) => <List items={found.items} onEdit={setEdited} />}</Loaded>
      <Dialog open={edited !== null} onClose={() => setEdited(null)} title={edited === 'new' ? t('people.add') : edited ? t('people.edit', { name: edited.name }) : ''} closeLabel={t('act.close')}>
        {edited && <PersonForm person={edited === 'new' ? null : edited} onDone={() => setEdited(null)} />}
      </Dialog>
    </Block>
  );
}

function List({ items, onEdit }: { items: PersonView[]; onEdit: (person: PersonView) => void }) {
  const { t } = useTranslation();
  return (
    // The region scrolls on a narrow screen.
    // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex
    <div className="tablebox" role="group" aria-label={t('administration.people')} tabIndex={0}>
      <table>
        <thead>
          <tr>
            <th scope="col">{t('people.name')}</th>
            <th scope="col">{t('people.roles')}</th>
            <th scope="col">{t('people.units')}</th>
            <th scope="col">{t('people.way')}</th>
            <th scope="col">
              <span className="hidden">{t('act.change')}</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {items.map((person) => (
            <tr key={person.id}>
              <th scope="row">
                {person.name}
                <br />
                <span className="mute small">{person.email}</span>
                {!person.active && <span className="warn"> {t('people.inactive')}</span>}
              </th>
              <td>{person.roles.map((role) => t(`roles.${role as 'analyst'}`)).join(', ')}</td>
              <td>{person.unit_ids.length ? person.unit_ids.join(', ') : '–'}</td>
              <td>{[person.has_password && t('people.by_password'), person.has_oidc && t('people.by_oidc')].filter(Boolean).join(', ') || t('people.no_way')}</td>
              <td>
                <button type="button" className="textlink" aria-label={t('people.edit', { name: person.name })} onClick={() => onEdit(person)}>
                  {t('act.change')}
                </button>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function PersonForm({ person, onDone }: { person: PersonView | null; onDone: () => void }) {
  const { t } = useTranslation();
  const say = useSay();
  const queries = useQueryClient();
  const { data: known } = useQuery(units());
  const [name, setName] = useState(person?.name ?? '');
  const [email, setEmail] = useState(person?.email ?? '');
  const [password, setPassword] = useState('');
  const [roles, setRoles] = useState<string[]>(person?.roles ?? ['analyst']);
  const [unitIds, setUnitIds] = useState<string[]>(person?.unit_ids ?? []);
  const [active, setActive] = useState(person?.active ?? true);
  const [invitation, setInvitation] = useState<string | null>(null);
  const send = useMutation({
    mutationFn: () =>
      person
        ? taken(client.PATCH('/api/v1/people/{id}', { params: { path: { id: person.id } }, body: { name, roles, unit_ids: unitIds, active, version: person.version } }))
        : taken(client.POST('/api/v1/people', { body: { name, email, roles, unit_ids: unitIds, ...(password ? { password } : {}) } })),
    onSuccess: async (saved) => {
      say(t('people.saved', { name }));
      await queries.invalidateQueries({ queryKey: ['people'] });
      if (saved.invitation) setInvitation(saved.invitation);
      else onDone();
    },
  });
  const invite = useMutation({
    mutationFn: (id: string) => taken(client.POST('/api/v1/people/{id}/invitation', { params: { path: { id } } })),
    onSuccess: (made) => setInvitation(made.invitation),
  });
  if (invitation) return <InvitationLink secret={invitation} onDone={onDone} />;
  const flip = (list: string[], one: string) => (list.includes(one) ? list.filter((other) => other !== one) : [...list, one]);
  const missing = name.trim() && (person || email.trim()) && roles.length > 0 ? null : t('people.needs');
  return (
    <form
      className="form"
      onSubmit={(event) => {
        event.preventDefault();
        if (!missing) send.mutate();
      }}
    >
      <Field label={t('people.name')}>
        <input type="text" value={name} onChange={(event) => setName(event.target.value)} />
      </Field>
      {!person && (
        <>
          <Field label={t('session.email')}>
            <input type="email" value={email} onChange={(event) => setEmail(event.target.value)} />
          </Field>
          <Field label={t('people.first_password')} hint={t('people.first_password_hint')}>
            <input type="password" autoComplete="new-password" value={password} onChange={(event) => setPassword(event.target.value)} />
          </Field>
        </>
      )}
      <fieldset>
        <legend>{t('people.roles')}</legend>
        {ROLES.map((role) => (
          <Check key={role} label={t(`roles.${role}`)} checked={roles.includes(role)} onChange={() => setRoles(flip(roles, role))} />
        ))}
      </fieldset>
      <fieldset>
        <legend>{t('people.units')}</legend>
        <p className="mute small">{t('people.units_hint')}</p>
        <div className="unitchoice">
          {known?.items.map((unit) => (
            <Check key={unit.id} label={unit.name} checked={unitIds.includes(unit.id)} onChange={() => setUnitIds(flip(unitIds, unit.id))} />
          ))}
        </div>
      </fieldset>
      {person && <Check label={t('people.may_sign_in')} checked={active} onChange={() => setActive(!active)} />}
      {(send.error ?? invite.error) && (
        <p className="bad" role="alert">
          {problemText(send.error ?? invite.error, t('problem.unknown'))}
        </p>
      )}
      <div className="actions">
        <Button type="submit" look="main" unable={send.isPending ? t('wait.saving') : missing}>
          {t('act.save')}
        </Button>
        {person && <Button onClick={() => invite.mutate(person.id)}>{t('people.invite')}</Button>}
      </div>
    </form>
  );
}

/** The link is shown once; whoever opens it chooses a password. */
function InvitationLink({ secret, onDone }: { secret: string; onDone: () => void }) {
  const { t } = useTranslation();
  const say = useSay();
  const link = `${location.origin}${paths.invitation}#${secret}`;
  return (
    <div className="form" role="status">
      <p>{t('people.invitation')}</p>
      <pre>{link}</pre>
      <div className="actions">
        <Button look="main" onClick={() => void navigator.clipboard.writeText(link).then(() => say(t('table.copied')), () => say(t('table.copy_failed')))}>
          {t('act.copy')}
        </Button>
        <Button onClick={onDone}>{t('people.invitation_sent')}</Button>
      </div>
    </div>
  );
}
