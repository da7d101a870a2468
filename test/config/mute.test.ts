import { describe, expect, it } from 'vitest';
import { mutedUntil } from '../../src/decide/muted-until.ts';
import { configOf } from './example.ts';

const MODEL = 'name: m, task: regression';

describe('mute schedules in the configuration', () => {
  it('are those of the file, then those of the model, in the zone of the file unless they name one', async () => {
    const { models } = await configOf(`timezone: Europe/Berlin
alerts:
  mute: [{ name: nights, from: "22:00", to: "06:30" }]
models:
  - ${MODEL.replace(', ', '\n    ')}
    alerts:
      mute:
        - { name: weekends, days: [sat-sun], timezone: America/New_York }
        - { name: holidays, dates: [12-24..01-02, 2026-05-01] }`);
    expect(models[0]?.alerts.mute).toEqual([
      {
        name: 'nights',
        days: null,
        dates: null,
        hours: { fromMinute: 1_320, toMinute: 390 },
        timeZone: 'Europe/Berlin',
      },
      { name: 'weekends', days: [6, 7], dates: null, hours: null, timeZone: 'America/New_York' },
      {
        name: 'holidays',
        days: null,
        dates: [
          { from: { year: null, month: 12, day: 24 }, to: { year: null, month: 1, day: 2 } },
          { from: { year: 2026, month: 5, day: 1 }, to: { year: 2026, month: 5, day: 1 } },
        ],
        hours: null,
        timeZone: 'Europe/Berlin',
      },
    ]);
  });

  it.each([
    ['[mon]', '2026-11-23T12:00Z', '2026-11-24T00:00Z'],
    ['[mon, tue, wed]', '2026-11-23T12:00Z', '2026-11-26T00:00Z'],
    ['[fri-mon]', '2026-11-23T12:00Z', '2026-11-24T00:00Z'],
    ['[fri-mon]', '2026-11-20T00:00Z', '2026-11-24T00:00Z'],
    ['[fri-mon]', '2026-11-19T23:59Z', null],
  ])('days: %s at %s mute until %s', async (days, at, until) => {
    const { models } = await configOf(
      `models: [{ ${MODEL}, alerts: { mute: [{ name: n, days: ${days} }] } }]`,
    );
    const [schedule] = models[0]?.alerts.mute ?? [];
    if (schedule === undefined) throw new Error('no schedule');
    expect(mutedUntil(schedule, Date.parse(at))).toBe(until === null ? null : Date.parse(until));
  });
});
