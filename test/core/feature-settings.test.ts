import { describe, expect, it } from 'vitest';
import { readAs, setAside, unknownColumns } from '../../src/core/columns/feature-settings.ts';

describe('what is said of a column', () => {
  it('sets it aside, or says how it is read', () => {
    expect(setAside(undefined)).toBe(null);
    expect(setAside({ kind: 'numeric', importance: 'high' })).toBe(null);
    expect(setAside({ kind: 'calendar', ignore: true })).toBe('ignored');
    expect(setAside({ kind: 'calendar' })).toBe('calendar');
    expect(setAside({ ignore: false, kind: 'identifier' })).toBe('identifier');
    expect(readAs({ kind: 'boolean' })).toBe('boolean');
    expect(readAs({ kind: 'identifier' })).toBe(null);
    expect(readAs({ ignore: true })).toBe(null);
  });

  it('must be said of one that is there', () => {
    const settings = new Map([
      ['age', { ignore: true }],
      ['incmoe', { ignore: true }],
      ['zzz', {}],
    ]);
    expect(unknownColumns(settings, ['age', 'income'])).toEqual([
      { name: 'incmoe', nearest: 'income' },
      { name: 'zzz', nearest: null },
    ]);
  });
});
