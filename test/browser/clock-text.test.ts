import { describe, expect, it } from 'vitest';
import { fieldOfMoment, minuteText } from '../../src/browser/address/clock-text.ts';

describe('a moment on a screen', () => {
  it('is of the clock of its zone', () => {
    expect(minuteText('2026-03-01T12:00:00Z', 'UTC')).toBe('2026-03-01 12:00');
    expect(minuteText('2026-03-01T12:00:00Z', 'Asia/Kolkata')).toBe('2026-03-01 17:30');
    expect(minuteText('', 'UTC')).toBe('');
  });

  it('tells the two hours apart that have one name when clocks are put back', () => {
    const hours = ['00:59', '00:00', '01:00', '02:00'].map((at) => `2026-10-25T${at}:00Z`);
    expect(hours.map((at) => minuteText(at, 'Europe/Berlin'))).toEqual([
      '2026-10-25 02:59 +02:00',
      '2026-10-25 02:00 +02:00',
      '2026-10-25 02:00 +01:00',
      '2026-10-25 03:00',
    ]);
    expect(minuteText('2026-03-29T01:00:00Z', 'Europe/Berlin')).toBe('2026-03-29 03:00');
    expect(minuteText('2026-10-25T01:00:00Z', 'Europe/London')).toBe('2026-10-25 01:00 +00:00');
    expect(minuteText('2026-11-01T05:30:59Z', 'America/New_York')).toBe('2026-11-01 01:30 -04:00');
    expect(fieldOfMoment(Date.parse('2026-10-25T01:00:00Z'), 'Europe/Berlin')).toBe('2026-10-25T02:00');
  });
});
