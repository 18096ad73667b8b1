// Does the address hold what is asked for, and is the server asked for that?

import { expect, it } from 'vitest';
import { askedOf, parse, stringify } from './plan';

it('comes back from the address as it went in', () => {
  const plan = { money: 2_500_000, locks: { 'minutes.login': 'lock' as const, 'Årsgenomgång, i butiken': 'keep' as const, b: 'cap' as const }, processes: { 'Sales=A': { least: 10, most: undefined } } };
  expect(parse(stringify(plan))).toEqual(plan);
});

it('asks for what differs from a free plan and nothing else', () => {
  expect(askedOf({ locks: {}, processes: { Brand: {} } })).toEqual({ lock: [], keep: [], cap: [], process: [] });
  expect(askedOf({ money: 0, locks: { a: 'cap' }, processes: { Brand: { most: 5 } } })).toEqual({ money: 0, lock: [], keep: [], cap: ['a'], process: ['Brand=..5'] });
});

it('passes over what is no amount, and lives with a broken address', () => {
  expect(parse({ money: '-5' }).money).toBeUndefined();
  expect(parse({ money: 'mycket' }).money).toBeUndefined();
  expect(parse({ lock: '%E0%A4%A,b', process: 'x,Brand=a..9' })).toEqual({ money: undefined, locks: { '%E0%A4%A': 'lock', b: 'lock' }, processes: { Brand: { least: undefined, most: 9 } } });
});
