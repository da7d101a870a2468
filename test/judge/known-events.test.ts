import { describe, expect, it } from 'vitest';
import type { CalendarEvent } from '../../src/core/alerts/mute-schedule.ts';
import { DAY_MS, HOUR_MS } from '../../src/core/clock.ts';
import type { Comparison, Diagnosis } from '../../src/core/findings.ts';
import { isShift } from '../../src/files/compare/outcome.ts';
import { eventsWithin, isExpected, withKnownEvents } from '../../src/judge/known-events.ts';

const CHRISTMAS: CalendarEvent = {
  name: 'Christmas',
  days: null,
  dates: [{ from: { year: null, month: 12, day: 24 }, to: { year: null, month: 1, day: 1 } }],
  hours: null,
  timeZone: 'Europe/Berlin',
  explains: true,
};
const SALE: CalendarEvent = {
  ...CHRISTMAS,
  name: 'Black Friday',
  dates: [{ from: { year: 2026, month: 11, day: 27 }, to: { year: 2026, month: 11, day: 27 } }],
  hours: { fromMinute: 20 * 60, toMinute: 2 * 60 },
  explains: false,
};

const said = (of: Partial<Diagnosis>): Diagnosis => ({
  verdict: 'covariate_shift',
  types: ['covariate_shift'],
  not_tested: [],
  confidence: 0.99,
  evidence: [],
  faults: [],
  summary: 'The inputs moved: basket: watch.',
  advice: 'watch',
  reason: null,
  ...of,
});

const within = (startMs: number, lengthMs = HOUR_MS): string[] =>
  eventsWithin([CHRISTMAS, SALE], { startMs, endMs: startMs + lengthMs }).map(({ name }) => name);

describe('known events', () => {
  it('are those that any moment of the window lies in, by their own clock', () => {
    expect(within(Date.UTC(2026, 11, 23, 22))).toEqual([]);
    expect(within(Date.UTC(2026, 11, 23, 23))).toEqual(['Christmas']);
    expect(within(Date.UTC(2027, 0, 1, 22))).toEqual(['Christmas']);
    expect(within(Date.UTC(2027, 0, 1, 23))).toEqual([]);
    expect(within(Date.UTC(2026, 10, 27, 18))).toEqual([]);
    expect(within(Date.UTC(2026, 10, 27, 19))).toEqual(['Black Friday']);
    expect(within(Date.UTC(2026, 10, 28, 0))).toEqual(['Black Friday']);
    expect(within(Date.UTC(2026, 10, 28, 1))).toEqual([]);
    expect(within(Date.UTC(2026, 10, 1), 60 * DAY_MS)).toEqual(['Christmas', 'Black Friday']);
  });

  it('explain inputs and class shares that moved, and keep what would be said', () => {
    expect(withKnownEvents(said({}), [CHRISTMAS])).toMatchObject({
      verdict: 'none',
      types: [],
      reason: 'known_event',
      advice: 'none',
      summary: 'As expected during Christmas: the inputs moved: basket: watch.',
      known_event: {
        names: ['Christmas'],
        explains: {
          verdict: 'covariate_shift',
          summary: 'The inputs moved: basket: watch.',
          advice: 'watch',
        },
      },
    });
    const shares = said({ verdict: 'label_shift', types: ['label_shift'], advice: 'reweight' });
    expect(withKnownEvents(shares, [SALE, CHRISTMAS]).known_event).toMatchObject({
      names: ['Black Friday', 'Christmas'],
      explains: { verdict: 'label_shift' },
    });
  });

  it('are no part of an incident, nor of what is looked at together, beside a fault either', () => {
    const shares = said({
      types: ['data_fault', 'covariate_shift'],
      verdict: 'mixed',
      advice: 'fix_pipeline',
    });
    expect(isExpected(withKnownEvents(shares, [CHRISTMAS]))).toBe(true);
    expect(isExpected(withKnownEvents(shares, [SALE]))).toBe(false);
    expect(isExpected(withKnownEvents(said({ types: ['concept_drift'] }), [CHRISTMAS]))).toBe(false);
    expect(isExpected(withKnownEvents(said({ advice: 'retrain' }), [CHRISTMAS]))).toBe(false);
  });

  it('leave nothing for `compare` to end with, but a loss', () => {
    const window = {
      features: [{ status: 'drift' }],
      prediction: null,
      score: null,
      label: null,
      performance: null,
      diagnosis: withKnownEvents(said({}), [CHRISTMAS]),
    } as unknown as Comparison;
    const lost = { metrics: { accuracy: { reference: 0.9, current: 0.6, interval: null, p_value: 1e-9 } } };
    expect(isShift(window)).toBe(false);
    expect(isShift({ ...window, diagnosis: said({}) })).toBe(true);
    expect(isShift({ ...window, performance: lost as unknown as Comparison['performance'] })).toBe(true);
  });

  it('only mark what they do not explain: faults, another relation, a loss, and what nobody said they explain', () => {
    const fault = said({ verdict: 'data_fault', types: ['data_fault'], advice: 'fix_pipeline' });
    const marked = [
      withKnownEvents(said({}), [SALE]),
      withKnownEvents(fault, [CHRISTMAS]),
      withKnownEvents(said({ verdict: 'mixed', types: ['covariate_shift', 'concept_drift'] }), [CHRISTMAS]),
      withKnownEvents(said({ advice: 'retrain' }), [CHRISTMAS]),
    ];
    for (const each of marked) {
      expect(each.verdict).not.toBe('none');
      expect(each.reason).toBeNull();
      expect(each.known_event?.explains).toBeNull();
      expect(each.summary).toMatch(/^The inputs moved: basket: watch \(during (Black Friday|Christmas)\)\.$/);
    }
    const quiet = said({ verdict: 'none', types: [], summary: 'No shift.', advice: 'none' });
    expect(withKnownEvents(quiet, [CHRISTMAS])).toEqual({
      ...quiet,
      summary: 'No shift (during Christmas).',
      known_event: { names: ['Christmas'], expected: true, explains: null },
    });
    expect(withKnownEvents(quiet, [])).toBe(quiet);
  });
});
