import { expect, it } from 'vitest';
import {
  incidentLine,
  judgeLine,
  mixedUnits,
  unaccountedEvents,
} from '../../src/cli/doctor/line-troubles.ts';
import type { ConservationRow } from '../../src/store/read-models/conservation.ts';
import type { LogIncidentRow } from '../../src/store/read-models/log-incidents.ts';

const NOW_MS = Date.parse('2026-03-10T12:00:00Z');

const counts = (changes: Partial<ConservationRow>): ConservationRow => ({
  event_type: 'prediction',
  read: 1_000,
  windowed: 1_000,
  late: 0,
  duplicate: 0,
  ignored: 0,
  joined: 0,
  waiting: 0,
  superseded: 0,
  expired: 0,
  dead_letter: 0,
  unknown_model: 0,
  unaccounted: 0,
  ...changes,
});

const incident = (changes: Partial<LogIncidentRow>): LogIncidentRow => ({
  id: '1',
  source: 'kafka:ml.predictions',
  partition: 3,
  kind: 'records_lost',
  from_offset: '80',
  to_offset: '200',
  records: 120,
  found_at: '2026-03-10T10:00:00.000Z',
  ...changes,
});

it('says of how many events nobody knows where they ended', () => {
  expect(unaccountedEvents({ conservation: [counts({})] })).toEqual([]);
  expect(
    unaccountedEvents({
      conservation: [
        counts({ read: 1_003, unaccounted: 3 }),
        counts({ event_type: 'label', unaccounted: -2 }),
      ],
    }),
  ).toEqual([
    'FAULT: prediction events: 1,003 were read, and of 3 nobody knows where they ended',
    'FAULT: label events: 1,000 were read, and 2 more have ended somewhere',
  ]);
});

it('says what a log has lost, and when', () => {
  expect(incidentLine(incident({}), NOW_MS)).toBe(
    'Lost: kafka:ml.predictions partition 3, 120 records (offsets 80 to 199) were deleted before they were read, 2 h ago',
  );
  expect(incidentLine(incident({ kind: 'log_recreated', to_offset: '0' }), NOW_MS)).toContain(
    'was deleted and made anew after offset 80',
  );
});

it('is what the doctor finds', () => {
  const old = incident({ found_at: '2026-02-01T10:00:00.000Z' });
  const findings = judgeLine(
    { conservation: [counts({})], log_incidents: [incident({}), old], notices: [], surplus_columns: [] },
    NOW_MS,
  );
  expect(findings.map(({ level, subject }) => `${level} ${subject}`)).toEqual([
    'ok event counts',
    'warning log',
  ]);
  expect(findings[0]?.detail).toBe('1,000 events read, and each is accounted for');
  const faulty = judgeLine(
    { conservation: [counts({ unaccounted: 1 })], log_incidents: [], notices: [], surplus_columns: [] },
    NOW_MS,
  );
  expect(faulty.map(({ level }) => level)).toEqual(['critical']);
});

it('says whose timestamps come in several units, and what was read although it is not JSON', () => {
  const notice = (source: string, what: string, count: number, day = 10) => ({
    source,
    notice: what,
    count,
    newest_at: `2026-03-${String(day).padStart(2, '0')}T10:00:00.000Z`,
  });
  const notices = [
    notice('kafka:a', 'bare_numbers', 7),
    notice('kafka:a', 'epoch_ms', 1_200),
    notice('kafka:a', 'epoch_s', 3),
    notice('kafka:a', 'epoch_us', 40),
    notice('kafka:b', 'dropped_names', 1),
    notice('kafka:b', 'epoch_s', 9),
    // Mended a week ago and more.
    notice('kafka:b', 'epoch_ms', 9_000, 2),
    notice('kafka:b', 'bare_numbers', 9_000, 2),
  ];
  expect(mixedUnits({ notices }, NOW_MS)).toEqual([
    'Units: timestamps of kafka:a come in ms (1,200), us (40) and s (3)',
  ]);
  const findings = judgeLine({ conservation: [], log_incidents: [], surplus_columns: [], notices }, NOW_MS);
  expect(findings.map(({ level, subject, detail }) => [level, subject, detail])).toEqual([
    ['ok', 'event counts', '0 events read, and each is accounted for'],
    ['warning', 'timestamps', 'Units: timestamps of kafka:a come in ms (1,200), us (40) and s (3)'],
    ['warning', 'json', '7 messages of kafka:a held NaN or Infinity without quotes'],
    ['warning', 'names', '1 feature or tag of kafka:b were left out for their names'],
  ]);
});
