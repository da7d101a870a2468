import { describe, expect, it } from 'vitest';
import { durationMs, durationText } from '../../src/config/duration.ts';

describe('durations', () => {
  it.each([
    ['250ms', 250],
    ['30s', 30_000],
    ['10m', 600_000],
    ['1h', 3_600_000],
    ['7d', 604_800_000],
  ])('%s is %d ms and back', (text, ms) => {
    expect(durationMs(text)).toBe(ms);
    expect(durationText(ms)).toBe(text);
  });

  it('is written in the largest unit that divides it', () => {
    expect(durationText(durationMs('90m'))).toBe('90m');
    expect(durationText(durationMs('60m'))).toBe('1h');
    expect(durationText(0)).toBe('0ms');
  });

  it.each(['', '1', '1.5h', '-1h', '1 h', '1H', '1h30m', '1w', '9999999999s'])('%j is none', (text) => {
    expect(() => durationMs(text)).toThrow(RangeError);
  });
});
