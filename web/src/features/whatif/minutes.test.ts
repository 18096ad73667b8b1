// Does the address hold what the sliders say?

import { expect, it } from 'vitest';
import { endsOf, parse, stringify } from './minutes';

it('comes back from the address as it went in', () => {
  const asked = { 'damage:claim': 6.5, invoice: 4 };
  expect(stringify(asked)).toBe('damage:claim:6.5,invoice:4');
  expect(parse(stringify(asked))).toEqual(asked);
});

it('passes over what is no number of minutes', () => {
  expect(parse('invoice:-3,x,fault:abc,:4,delivery:7')).toEqual({ delivery: 7 });
  expect(parse(undefined)).toEqual({});
});

it('shows a little more than has been seen', () => {
  const reason = { key: 'a', label: 'A', cases: 1, today: 9, from: 5, to: 20, best: null, bestText: '', bestRange: '', loss: '' };
  expect(endsOf(reason)).toEqual({ low: 2, high: 23 });
});
