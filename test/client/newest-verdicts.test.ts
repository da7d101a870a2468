import { describe, expect, it } from 'vitest';
import { instant } from '../../src/client/event-values.ts';
import {
  expectShiftWords,
  isShiftAnswer,
  newestOfEach,
  type VerdictAnswer,
} from '../../src/client/verdict-filter.ts';

const row = (series: string, start: string, verdict: string): VerdictAnswer => ({
  model: 'm',
  version: '1',
  segment: '',
  series,
  start,
  size_ms: 3_600_000,
  size_rows: null,
  verdict,
  types: verdict === 'mixed' ? ['concept_drift', 'covariate_shift'] : [],
  summary: '',
});

describe('the newest verdicts', () => {
  it('are the last window that closed and the last one with labels, which come later', () => {
    const labelled = row('matured', '2026-03-01T10:00:00Z', 'mixed');
    const closed = row('closed', '2026-03-01T12:00:00Z', 'undetermined');
    const rows = [closed, row('closed', '2026-03-01T10:00:00Z', 'none'), labelled];
    expect(newestOfEach(rows)).toEqual([closed, labelled]);
  });

  it('of one window are what its labels say', () => {
    const labelled = row('matured', '2026-03-01T12:00:00Z', 'none');
    expect(newestOfEach([row('closed', '2026-03-01T12:00:00Z', 'covariate_shift'), labelled])).toEqual([
      labelled,
    ]);
  });

  it('may fail for telling nothing, where that is asked for', () => {
    expect(isShiftAnswer('undetermined', [], ['any'])).toBe(false);
    expect(isShiftAnswer('undetermined', [], ['any', 'undetermined'])).toBe(true);
    expect(() => expectShiftWords(['undetermined', 'any'])).not.toThrow();
    expect(() => expectShiftWords(['none'])).toThrow('no verdict that can fail');
  });
});

it.each([
  ['2026-03-01', '2026-03-01T00:00:00.000Z'],
  ['2026-03-01 12:00', '2026-03-01T12:00:00.000Z'],
  ['2026-03-01T12:00:00+02:00', '2026-03-01T10:00:00.000Z'],
  [1_772_366_400, '2026-03-01T12:00:00.000Z'],
  [1_772_366_400_123, '2026-03-01T12:00:00.123Z'],
  [1_772_366_400_123_456, '2026-03-01T12:00:00.123Z'],
  [new Date(0), '1970-01-01T00:00:00.000Z'],
])('%s is asked for as %s', (given, sent) => {
  expect(instant(given)).toBe(sent);
});
