import { describe, expect, it } from 'vitest';
import { safe } from './SignInPage';
import { readSecret } from './secret';

describe('the secret of a link', () => {
  it('is read in both forms, as often as the page is drawn', () => {
    history.replaceState(null, '', '/set-up#token=abc_1');
    expect(readSecret()).toBe('abc_1');
    expect(readSecret()).toBe('abc_1');
    history.replaceState(null, '', '/invitation#xyz');
    expect(readSecret()).toBe('xyz');
    history.replaceState(null, '', '/invitation');
    expect(readSecret()).toBe('');
  });
});

describe('the way back after signing in', () => {
  it('only ever leads to an address of our own', () => {
    expect(safe('/customers?where=a')).toBe('/customers?where=a');
    expect(safe('//elsewhere.example')).toBe('/');
    expect(safe('/\\elsewhere.example')).toBe('/');
    expect(safe('https://elsewhere.example')).toBe('/');
    expect(safe(undefined)).toBe('/');
  });
});
