import { describe, expect, it } from 'vitest';
import { displayText, shortSentence } from '../../src/words/display-text.ts';
import {
  formatDuration,
  formatNumber,
  formatP,
  formatShare,
  formatSpan,
  formatTime,
} from '../../src/words/format.ts';

describe('what mails show', () => {
  it.each([
    [0, '0 %'],
    [0.0001, '< 0.1 %'],
    [0.0312, '3.1 %'],
    [0.05, '5 %'],
    [0.25, '25 %'],
    [0.9999, '> 99.9 %'],
    [1, '100 %'],
  ])('share %d as %s', (share, text) => {
    expect(formatShare(share)).toBe(text);
  });

  it.each([
    [0, '0'],
    [0.71, '0.71'],
    [0.003456, '0.00346'],
    [-8.1234, '-8.12'],
    [1234.5, '1,235'],
    [2.5e12, '2.50e+12'],
    [1e-7, '1.00e-7'],
  ])('number %d as %s', (value, text) => {
    expect(formatNumber(value)).toBe(text);
  });

  it.each([
    [0, 'p < 1e-9'],
    [2.4e-7, 'p = 2e-7'],
    [0.0421, 'p = 0.042'],
  ])('p-value %d as %s', (p, text) => {
    expect(formatP(p)).toBe(text);
  });

  it('times with their zone, and days that differ twice', () => {
    const at = Date.UTC(2026, 8, 30, 23, 5);
    expect(formatTime(at, 'UTC')).toBe('30 Sep 2026 23:05 UTC');
    expect(formatSpan(at, at + 600_000, 'UTC')).toBe('30 Sep 2026 23:05–23:15 UTC');
    expect(formatSpan(at, at + 3_600_000, 'UTC')).toBe('30 Sep 2026 23:05 UTC – 1 Oct 2026 00:05 UTC');
  });

  it('a span over a change of the clock with both zones', () => {
    const at = Date.UTC(2026, 2, 29, 0, 30);
    expect(formatSpan(at, at + 3_600_000, 'Europe/Berlin')).toBe(
      '29 Mar 2026 01:30 CET – 29 Mar 2026 03:30 CEST',
    );
  });

  it.each([
    [0, '0 min'],
    [60_000, '1 min'],
    [90_000_000, '1 day 1 h'],
    [172_800_000, '2 days'],
  ])('duration %d as %s', (ms, text) => {
    expect(formatDuration(ms)).toBe(text);
  });

  it('foreign text on one line, in one direction, cut by letters and not by halves of them', () => {
    expect(displayText('a\r\nb\tc\u202E\u2028d')).toBe('a b c d');
    expect(displayText('😀😀😀😀', 3)).toBe('😀😀…');
    expect(displayText('half \uD83D')).toBe('half \uFFFD');
  });

  it('cuts a sentence before its conclusion, and not within a word', () => {
    const found = `The inputs moved: ${'vibration, '.repeat(40)}while accuracy did not: watch.`;
    const short = shortSentence(found, 100);
    expect(short).toMatch(/^The inputs moved: .*vibration…: watch\.$/);
    expect(Array.from(short).length).toBeLessThanOrEqual(100);
    expect(shortSentence('It moved (by a lot, as never before in all of its weeks): watch.', 50)).toBe(
      'It moved…: watch.',
    );
    expect(shortSentence('Short: watch.', 100)).toBe('Short: watch.');
    expect(shortSentence('Nothing to conclude '.repeat(9), 30)).toMatch(/…$/);
    expect(shortSentence(`${'a'.repeat(50)}: watch.`, 5)).toHaveLength(5);
  });
});
