import { describe, expect, it } from 'vitest';
import { safe } from './SignInPage';
import { takeSecret } from './secret';

describe('the secret of a link', () => {
  it('is read in both forms and leaves the address', () => {
    history.replaceState(null, '', '/set-up#token=abc_1');
    expect(takeSecret()).toBe('abc_1');
    expect(location.hash).toBe('');
    history.replaceState(null, '', '/invitation#xyz');
    expect(takeSecret()).toBe('xyz');
    expect(takeSecret()).toBe('');
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
