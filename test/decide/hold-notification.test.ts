import { describe, expect, it } from 'vitest';
import { HOUR_MS } from '../../src/core/clock.ts';
import type { MuteSchedule } from '../../src/core/alerts/mute-schedule.ts';
import type { Silence } from '../../src/core/alerts/silence.ts';
import { holdNotification, type Holds } from '../../src/decide/hold-notification.ts';
import type { OpenIncident } from '../../src/decide/inhibition.ts';
import { parseMatcher } from '../../src/decide/match-silence.ts';
import type { MessageFacts } from '../../src/decide/notification-parts.ts';

const NOW = Date.UTC(2026, 2, 10, 23);

const FIRING: MessageFacts = {
  kind: 'firing',
  endsIncident: false,
  incidentId: '1',
  model: 'credit-risk',
  version: '3',
  segment: '',
  types: ['covariate_shift'],
  moved: ['age', 'income'],
  faults: [],
};
const REMINDER: MessageFacts = { ...FIRING, kind: 'reminder' };
const RESOLVED: MessageFacts = { ...FIRING, kind: 'resolved', endsIncident: true, moved: [] };
const CORRECTED: MessageFacts = { ...FIRING, kind: 'corrected', moved: [] };
const WITHDRAWN: MessageFacts = { ...CORRECTED, endsIncident: true };
const FAULT: MessageFacts = {
  ...FIRING,
  types: ['data_fault'],
  moved: [],
  faults: [{ fault: 'unit_change', feature: 'income' }],
};

let nextSilence = 1;
function silence(...texts: string[]): Silence {
  const matchers = texts.map((text) => {
    const parsed = parseMatcher(text);
    if (!parsed.ok) throw new Error(parsed.error);
    return parsed.value;
  });
  return {
    id: String(nextSilence++),
    matchers,
    startsAtMs: NOW - HOUR_MS,
    endsAtMs: NOW + HOUR_MS,
    author: 'ann',
  };
}

const NIGHTS: MuteSchedule = {
  name: 'nights',
  days: null,
  dates: null,
  hours: { fromMinute: 22 * 60, toMinute: 6 * 60 },
  timeZone: 'UTC',
};
const NO_DATA: OpenIncident = { id: '7', segment: '', types: ['no_data'], faults: [] };
const INCOME_FAULT: OpenIncident = {
  id: '8',
  segment: '',
  types: ['data_fault'],
  faults: [{ fault: 'unit_change', feature: 'income' }],
};
const BOTH_FAULTS: OpenIncident = {
  ...INCOME_FAULT,
  faults: [...INCOME_FAULT.faults, { fault: 'missing_spike', feature: 'age' }],
};
const SCHEMA: OpenIncident = { ...INCOME_FAULT, faults: [{ fault: 'type_change', feature: 'zip' }] };
const ACKNOWLEDGED = { by: 'bob', untilMs: null, types: ['covariate_shift'] };
const SNOOZED = { by: 'eve', untilMs: NOW + HOUR_MS };

const NOTHING: Holds = { silences: [], schedules: [], others: [], acknowledgement: null, snooze: null };
const hold = (facts: MessageFacts, holds: Partial<Holds>) =>
  holdNotification(facts, { ...NOTHING, ...holds }, NOW);
const outcome = (facts: MessageFacts, holds: Partial<Holds>): string => {
  const decision = hold(facts, holds);
  return decision.held ? decision.reason : 'told';
};

const inSegment = (facts: MessageFacts, segment: string): MessageFacts => ({ ...facts, segment });
const later = (at: Silence): Silence => ({ ...at, startsAtMs: NOW + 1 });
const over = (at: Silence): Silence => ({ ...at, endsAtMs: NOW });

describe('holdNotification', () => {
  it.each<[string, string, MessageFacts, Partial<Holds>]>([
    ['told', 'nothing holds it', FIRING, {}],
    // Silences
    ['silenced', 'of the model', FIRING, { silences: [silence('model=credit-risk')] }],
    ['silenced', 'of the model: a reminder', REMINDER, { silences: [silence('model=credit-risk')] }],
    ['silenced', 'of the model: an end', RESOLVED, { silences: [silence('model=credit-risk')] }],
    ['silenced', 'of the model: a correction', CORRECTED, { silences: [silence('model=credit-risk')] }],
    ['told', 'of another model', FIRING, { silences: [silence('model=fraud')] }],
    ['told', 'that has not begun', FIRING, { silences: [later(silence('model=credit-risk'))] }],
    ['told', 'that is over', FIRING, { silences: [over(silence('model=credit-risk'))] }],
    ['told', 'of one of two features', FIRING, { silences: [silence('feature=age')] }],
    [
      'silenced',
      'of both, by two silences',
      FIRING,
      { silences: [silence('feature=age'), silence('feature=income')] },
    ],
    ['silenced', 'of both, by one', FIRING, { silences: [silence('feature=~age|income')] }],
    ['told', 'of a feature: the end', RESOLVED, { silences: [silence('feature=age')] }],
    ['silenced', 'of the faulty feature', FAULT, { silences: [silence('feature=income')] }],
    ['silenced', 'of the kind', FIRING, { silences: [silence('kind=covariate_shift')] }],
    ['told', 'of another kind', FIRING, { silences: [silence('kind=concept_drift')] }],
    [
      'told',
      'of one of two kinds',
      { ...FIRING, types: ['covariate_shift', 'concept_drift'] },
      { silences: [silence('kind=covariate_shift')] },
    ],
    [
      'told',
      'of all features, but the concept moved, too',
      { ...FIRING, types: ['covariate_shift', 'concept_drift'] },
      { silences: [silence('feature=~.+')] },
    ],
    [
      'told',
      'of all features shown beside a label shift',
      { ...FIRING, types: ['label_shift'] },
      { silences: [silence('feature=~.+')] },
    ],
    [
      'silenced',
      'of a segment',
      inSegment(FIRING, 'country=DE'),
      { silences: [silence('segment=~country=.*')] },
    ],
    ['told', 'of a segment: the whole', FIRING, { silences: [silence('segment=~country=.*')] }],
    [
      'silenced',
      'of no data',
      { ...FIRING, types: ['no_data'], moved: [] },
      { silences: [silence('kind=no_data')] },
    ],
    // Schedules
    ['muted_by_schedule', 'a firing', FIRING, { schedules: [NIGHTS] }],
    ['muted_by_schedule', 'a reminder', REMINDER, { schedules: [NIGHTS] }],
    ['muted_by_schedule', 'an end', RESOLVED, { schedules: [NIGHTS] }],
    ['muted_by_schedule', 'a correction', WITHDRAWN, { schedules: [NIGHTS] }],
    ['told', 'in the day', FIRING, { schedules: [{ ...NIGHTS, hours: { fromMinute: 0, toMinute: 360 } }] }],
    // Inhibition
    ['inhibited_by_no_data', 'drift', FIRING, { others: [NO_DATA] }],
    ['inhibited_by_no_data', 'a reminder', REMINDER, { others: [NO_DATA] }],
    ['inhibited_by_no_data', 'in a segment', inSegment(FIRING, 'country=DE'), { others: [NO_DATA] }],
    ['told', 'of a segment: the whole', FIRING, { others: [{ ...NO_DATA, segment: 'country=DE' }] }],
    ['told', 'its own incident', FIRING, { others: [{ ...NO_DATA, id: '1' }] }],
    ['told', 'that it is over', RESOLVED, { others: [NO_DATA] }],
    ['told', 'concept drift', { ...FIRING, types: ['concept_drift'] }, { others: [NO_DATA] }],
    ['told', 'a fault', FAULT, { others: [NO_DATA, INCOME_FAULT] }],
    ['inhibited_by_schema_fault', 'drift of other features', FIRING, { others: [SCHEMA] }],
    ['told', 'a fault of one of two features', FIRING, { others: [INCOME_FAULT] }],
    ['inhibited_by_data_fault', 'faults of both', FIRING, { others: [BOTH_FAULTS] }],
    [
      'inhibited_by_data_fault',
      'one is silenced, the other inhibited',
      FIRING,
      { others: [INCOME_FAULT], silences: [silence('feature=age')] },
    ],
    // People
    ['told', 'acknowledged: the first message', FIRING, { acknowledgement: ACKNOWLEDGED }],
    ['acknowledged', 'acknowledged: a reminder', REMINDER, { acknowledgement: ACKNOWLEDGED }],
    ['told', 'acknowledged: the end', RESOLVED, { acknowledgement: ACKNOWLEDGED }],
    ['told', 'acknowledged: a correction', CORRECTED, { acknowledgement: ACKNOWLEDGED }],
    ['told', 'acknowledged until now', REMINDER, { acknowledgement: { ...ACKNOWLEDGED, untilMs: NOW } }],
    ['snoozed', 'snoozed: a new kind', FIRING, { snooze: SNOOZED }],
    ['snoozed', 'snoozed: a reminder', REMINDER, { snooze: SNOOZED }],
    ['snoozed', 'snoozed: a correction', CORRECTED, { snooze: SNOOZED }],
    ['told', 'snoozed: the end', RESOLVED, { snooze: SNOOZED }],
    ['told', 'snoozed: it never was', WITHDRAWN, { snooze: SNOOZED }],
    ['told', 'snoozed until now', REMINDER, { snooze: { ...SNOOZED, untilMs: NOW } }],
    // What counts first
    [
      'silenced',
      'everything at once',
      REMINDER,
      {
        silences: [silence('model=~.+')],
        schedules: [NIGHTS],
        others: [NO_DATA],
        acknowledgement: ACKNOWLEDGED,
        snooze: SNOOZED,
      },
    ],
    [
      'muted_by_schedule',
      'all but a silence',
      REMINDER,
      {
        schedules: [NIGHTS],
        others: [NO_DATA],
        acknowledgement: ACKNOWLEDGED,
        snooze: SNOOZED,
      },
    ],
    [
      'inhibited_by_no_data',
      'without a schedule',
      REMINDER,
      {
        others: [NO_DATA],
        acknowledgement: ACKNOWLEDGED,
        snooze: SNOOZED,
      },
    ],
    ['snoozed', 'both by people', REMINDER, { acknowledgement: ACKNOWLEDGED, snooze: SNOOZED }],
  ])('%s: %s', (expected, _, facts, holds) => {
    expect(outcome(facts, holds)).toBe(expected);
  });

  it('says by whom and until when', () => {
    const short = silence('feature=age');
    const long = { ...silence('model=credit-risk', 'feature=age'), endsAtMs: NOW + 3 * HOUR_MS };
    const other = { ...silence('feature=income'), endsAtMs: NOW + 2 * HOUR_MS };
    // Age is silenced by the longer of two, and the message is held until the first feature may be told.
    expect(hold(FIRING, { silences: [short, long, other] })).toEqual({
      held: true,
      reason: 'silenced',
      untilMs: NOW + 2 * HOUR_MS,
      by: `silence ${other.id} by ann`,
    });
    const early = { ...NIGHTS, name: 'early', hours: { fromMinute: 1_320, toMinute: 5 * 60 } };
    expect(hold(FIRING, { schedules: [early, NIGHTS] })).toEqual({
      held: true,
      reason: 'muted_by_schedule',
      untilMs: Date.UTC(2026, 2, 11, 6),
      by: 'nights',
    });
    expect(hold(FIRING, { others: [NO_DATA] })).toMatchObject({ untilMs: null, by: 'incident 7' });
    expect(hold(REMINDER, { snooze: SNOOZED })).toMatchObject({ untilMs: NOW + HOUR_MS, by: 'eve' });
    expect(hold(REMINDER, { acknowledgement: ACKNOWLEDGED })).toMatchObject({ untilMs: null, by: 'bob' });
  });

  it('names the features that are left out of what is told', () => {
    const age = silence('feature=age');
    expect(
      hold({ ...FIRING, moved: ['age', 'income', 'zip'] }, { silences: [age], others: [INCOME_FAULT] }),
    ).toEqual({
      held: false,
      endsAcknowledgement: false,
      muted: [
        { feature: 'age', reason: 'silenced', by: `silence ${age.id} by ann` },
        { feature: 'income', reason: 'inhibited_by_data_fault', by: 'incident 8' },
      ],
    });
    expect(hold({ ...FIRING, types: ['label_shift'] }, { silences: [silence('feature=age')] })).toMatchObject(
      {
        muted: [{ feature: 'age', reason: 'silenced' }],
      },
    );
  });

  it.each<[boolean, string, MessageFacts]>([
    [false, 'the kinds that were seen', FIRING],
    [true, 'a new one beside them', { ...FIRING, types: ['covariate_shift', 'concept_drift'] }],
    [true, 'a new one in their place', { ...FIRING, types: ['concept_drift'] }],
    [false, 'a new one in an end', { ...RESOLVED, types: ['concept_drift'] }],
  ])('ends an acknowledgement (%s): %s', (expected, _, facts) => {
    expect(hold(facts, { acknowledgement: ACKNOWLEDGED })).toMatchObject({ endsAcknowledgement: expected });
  });
});
