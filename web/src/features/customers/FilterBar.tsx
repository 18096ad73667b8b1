// Free text, filters, columns and saved views; all of it stands in the address.

import type { CustomerColumn } from '@/api/types';
import { type Filter, type Operator, parseFilters, writeFilter } from '@/lib/filters';
import { day } from '@/lib/dates';
import { inUnit } from '@/lib/numbers';
import { useAddress, useSetAddress } from '@/parts/search';
import { useLocale } from '@/parts/useLocale';
import { Button } from '@/ui/Button';
import { Check, Field } from '@/ui/Field';
import { type FormEvent, useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { SavedViews } from './SavedViews';

const WAIT_MS = 250;

export function FilterBar({ columns, shown }: { columns: CustomerColumn[]; shown: CustomerColumn[] }) {
  const { t } = useTranslation();
  const { where } = useAddress();
  const set = useSetAddress();
  const filters = parseFilters(where);
  const drop = (gone: Filter) => set({ where: filters.filter((filter) => writeFilter(filter) !== writeFilter(gone)).map(writeFilter) });
  return (
    <div className="filterbar noprint">
      <div className="actions">
        <FreeText />
        <AddFilter columns={columns} onAdd={(filter) => set({ where: [...filters.map(writeFilter), writeFilter(filter)] })} />
        <ColumnChoice columns={columns} shown={shown} />
        <SavedViews />
      </div>
      {filters.length > 0 && (
        <ul className="chips" aria-label={t('customers.filters')}>
          {filters.map((filter) => (
            <Chip key={writeFilter(filter)} filter={filter} columns={columns} onDrop={() => drop(filter)} />
          ))}
          <li>
            <button type="button" className="textlink" onClick={() => set({ where: undefined, q: undefined })}>
              {t('customers.clear')}
            </button>
          </li>
        </ul>
      )}
    </div>
  );
}

function FreeText() {
  const { t } = useTranslation();
  const { q } = useAddress();
  const set = useSetAddress();
  const [text, setText] = useState(q ?? '');
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const written = useRef(q ?? '');
  // The address may change under the box: a saved view, the way back.
  useEffect(() => {
    if ((q ?? '') === written.current) return;
    written.current = q ?? '';
    setText(q ?? '');
  }, [q]);
  return (
    <input
      type="search"
      className="freetext"
      aria-label={t('customers.search')}
      placeholder={t('customers.search')}
      value={text}
      onChange={(event) => {
        const next = event.target.value;
        setText(next);
        clearTimeout(timer.current);
        timer.current = setTimeout(() => {
          written.current = next.trim();
          set({ q: next.trim() || undefined }, { replace: true });
        }, WAIT_MS);
      }}
    />
  );
}

function Chip({ filter, columns, onDrop }: { filter: Filter; columns: CustomerColumn[]; onDrop: () => void }) {
  const { t } = useTranslation();
  const locale = useLocale();
  const column = columns.find((one) => one.key === filter.column);
  const label = column?.label ?? filter.column;
  const value = (column?.kind === 'number' && filter.value !== '' && Number.isFinite(Number(filter.value)))
    ? inUnit(Number(filter.value), column.unit, locale)
    : column?.kind === 'date'
      ? day(filter.value, locale)
      : filter.value.split(',').map((one) => column?.words?.find((word) => word.value === one)?.label ?? one).join(', ');
  const text = `${label} ${t(`filter.${filter.op}`)} ${filter.op === 'missing' ? '' : value}`.trim();
  return (
    <li className="chip">
      {text}
      <button type="button" aria-label={t('customers.drop', { filter: text })} onClick={onDrop}>
        ×
      </button>
    </li>
  );
}

function operatorsOf(column: CustomerColumn | undefined): Operator[] {
  if (column?.kind === 'number' || column?.kind === 'date') return ['ge', 'le', 'eq', 'missing'];
  if (column?.kind === 'word') return ['eq', 'missing'];
  return ['contains', 'eq', 'missing'];
}

function AddFilter({ columns, onAdd }: { columns: CustomerColumn[]; onAdd: (filter: Filter) => void }) {
  const { t } = useTranslation();
  const [key, setKey] = useState('');
  const [op, setOp] = useState<Operator | ''>('');
  const [value, setValue] = useState('');
  const menu = useRef<HTMLDetailsElement>(null);
  const filterable = columns.filter((column) => column.filterable);
  const column = filterable.find((one) => one.key === key) ?? filterable[0];
  const operators = operatorsOf(column);
  const chosen = op !== '' && operators.includes(op) ? op : (operators[0] as Operator);
  const words = column?.words;
  const add = (event: FormEvent) => {
    event.preventDefault();
    if (!column) return;
    const sent = chosen === 'missing' ? 'true' : column.kind === 'number' ? value.replace(/\s/g, '').replace(',', '.') : value || (words?.[0]?.value ?? '');
    if (sent === '') return;
    const percent = column.kind === 'number' && column.unit === 'share' && chosen !== 'missing';
    onAdd({ column: column.key, op: chosen, value: percent ? String(Number(sent) / 100) : sent });
    setValue('');
    if (menu.current) {
      menu.current.open = false;
      menu.current.querySelector('summary')?.focus();
    }
  };
  return (
    <details className="menu drop" ref={menu}>
      <summary className="button">{t('customers.filter')}</summary>
      <div>
        <form className="form" onSubmit={add}>
          <Field label={t('customers.column')}>
            <select value={column?.key ?? ''} onChange={(event) => { setKey(event.target.value); setValue(''); }}>
              {filterable.map((one) => (
                <option key={one.key} value={one.key}>
                  {one.label}
                </option>
              ))}
            </select>
          </Field>
          <Field label={t('customers.condition')}>
            <select value={chosen} onChange={(event) => setOp(event.target.value as Operator)}>
              {operators.map((one) => (
                <option key={one} value={one}>
                  {t(`filter.${one}`)}
                </option>
              ))}
            </select>
          </Field>
          {chosen !== 'missing' && (
            <Field label={column?.unit === 'share' ? t('customers.value_percent') : t('customers.value')}>
              {words ? (
                <select value={value || words[0]?.value} onChange={(event) => setValue(event.target.value)}>
                  {words.map((word) => (
                    <option key={word.value} value={word.value}>
                      {word.label}
                    </option>
                  ))}
                </select>
              ) : (
                <input type={column?.kind === 'date' ? 'date' : 'text'} inputMode={column?.kind === 'number' ? 'decimal' : undefined} value={value} onChange={(event) => setValue(event.target.value)} />
              )}
            </Field>
          )}
          <Button type="submit" look="main">
            {t('customers.add_filter')}
          </Button>
        </form>
      </div>
    </details>
  );
}

function ColumnChoice({ columns, shown }: { columns: CustomerColumn[]; shown: CustomerColumn[] }) {
  const { t } = useTranslation();
  const set = useSetAddress();
  const keys = shown.map((column) => column.key);
  const toggle = (key: string) => {
    const next = keys.includes(key) ? keys.filter((one) => one !== key) : [...keys, key];
    if (next.length > 0) set({ columns: next.join(',') }, { replace: true });
  };
  return (
    <details className="menu drop">
      <summary className="button">{t('customers.columns')}</summary>
      <div>
        <fieldset>
          <legend>{t('customers.columns')}</legend>
          {columns.map((column) => (
            <Check key={column.key} label={column.label} checked={keys.includes(column.key)} onChange={() => toggle(column.key)} />
          ))}
        </fieldset>
        <button type="button" className="textlink" onClick={() => set({ columns: undefined }, { replace: true })}>
          {t('customers.usual_columns')}
        </button>
      </div>
    </details>
  );
}
