import { describe, expect, test } from 'vitest';
import { spelledAlike } from '../../../../src/diagnose/faults/levels/spelled-alike.ts';
import { writtenByOthers } from '../../../../src/diagnose/faults/levels/written-by-others.ts';

describe('what other programs make of a text', () => {
  test.each([
    ['10-24', '24-oct'],
    ['1-9', '9-jan'],
    ['SEPT2', '2-sep'],
    ['March1', '01-mar'],
    ['2E10', '2.00e+10'],
    ['123456789012', '1.23457e+11'],
    ['R&D', 'r&amp;d'],
    ['Köln Süd', 'k%c3%b6ln%20s%c3%bcd'],
    ['Köln', 'k\\u00f6ln'],
  ])('%s may become %s', (level, form) => {
    expect(writtenByOthers(level)).toContain(form);
  });

  test.each(['plain', '55+', 'Sepia2', '25-39', '1234', ''])('of %s nothing', (level) => {
    expect([...writtenByOthers(level)].filter((form) => !form.includes('%'))).toEqual([]);
  });

  test('is the old level, either way round, unless both were known', () => {
    expect(spelledAlike(['24-Oct'], ['10-24', '25-39'])?.pairs).toEqual([['10-24', '24-Oct']]);
    expect(spelledAlike(['R&D'], ['R&amp;D', 'Sales'])?.pairs).toEqual([['R&amp;D', 'R&D']]);
    expect(spelledAlike(['9-Jan'], ['1-9', '10-24', '24-Oct'])).toBeNull();
    expect(spelledAlike(['40-54'], ['10-24', '25-39'])).toBeNull();
  });

  test('initials of a long name that is gone', () => {
    const known = ['Short-term Krat Exclosure', 'Control'];
    expect(spelledAlike(['STKE'], known, ['Control'])?.pairs).toEqual([
      ['Short-term Krat Exclosure', 'STKE'],
    ]);
    expect(spelledAlike(['STKE'], known, known)).toBeNull();
    expect(spelledAlike(['STK'], known, ['Control'])).toBeNull();
  });
});
