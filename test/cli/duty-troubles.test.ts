import { expect, it } from 'vitest';
import { dutyLines, type DutyFacts, judgeDuties } from '../../src/cli/doctor/duty-troubles.ts';
import type { DutyRow } from '../../src/store/read-models/duties.ts';

const NOW_MS = Date.parse('2026-03-10T12:07:00Z');
const minutesAgo = (minutes: number): string => new Date(NOW_MS - minutes * 60_000).toISOString();

const duty = (rest: Partial<DutyRow>): DutyRow => ({
  name: 'reminders',
  role: 'evaluate',
  every_ms: 15_000,
  processes: 2,
  since: minutesAgo(100),
  last_success_at: minutesAgo(0),
  last_failure_at: null,
  last_error: null,
  failures: 0,
  ...rest,
});
const repost = duty({ name: 'alerts for Alertmanager', role: 'act' });
const facts = (rest: Partial<DutyFacts>): DutyFacts => ({
  duties: [],
  postponed: [],
  unreadable_counts: [],
  unreadable_parts: [],
  ...rest,
});

it('has nothing to say while no process runs, and that all is well when it is', () => {
  expect(judgeDuties(facts({}), NOW_MS)).toEqual([]);
  expect(dutyLines(facts({ duties: [duty({}), repost] }), NOW_MS)).toEqual([]);
  expect(judgeDuties(facts({ duties: [duty({}), repost] }), NOW_MS)).toMatchObject([
    { level: 'ok', subject: 'duties', detail: 'all 2 go well (2 processes)' },
  ]);
});

it('tells of one that fails, worse when it goes on', () => {
  const failing = { failures: 2, last_failure_at: minutesAgo(2), last_error: 'deadlock detected' };
  const once = facts({ duties: [duty(failing), repost] });
  expect(dutyLines(once, NOW_MS)).toEqual([
    'Failing: reminders, 2 times in a row, last 2 min ago: deadlock detected',
  ]);
  expect(judgeDuties(once, NOW_MS)).toMatchObject([{ level: 'warning', subject: 'duty reminders' }]);
  const many = facts({ duties: [duty({ ...failing, failures: 5 }), repost] });
  expect(judgeDuties(many, NOW_MS)).toMatchObject([{ level: 'critical' }]);
});

it('tells of one whose turn does not end, by its own period', () => {
  const hanging = facts({ duties: [duty({ last_success_at: minutesAgo(6) }), repost] });
  expect(dutyLines(hanging, NOW_MS)).toEqual(['Failing: reminders has not come to an end since 6 min ago']);
  const rare = duty({ name: 'forgetting of ids', every_ms: 3_600_000, last_success_at: minutesAgo(90) });
  expect(dutyLines(facts({ duties: [rare, repost] }), NOW_MS)).toEqual([]);
  const never = duty({ last_success_at: null, since: minutesAgo(7) });
  expect(dutyLines(facts({ duties: [never, repost] }), NOW_MS)[0]).toContain(
    'since its process started, 7 min ago',
  );
});

it('tells of a role that nobody has, while somebody runs', () => {
  expect(dutyLines(facts({ duties: [duty({})] }), NOW_MS)).toEqual([
    'Missing: no running process has the role act; no mail or webhook is sent',
  ]);
  expect(judgeDuties(facts({ duties: [repost] }), NOW_MS)).toContainEqual(
    expect.objectContaining({
      level: 'warning',
      subject: 'roles',
      fix: expect.stringContaining('--roles evaluate'),
    }),
  );
});

it('tells of evaluations that wait, and of parts that do not decode', () => {
  const troubled = facts({
    postponed: [{ reason: 'model_not_configured', count: 3, since: minutesAgo(120) }],
    unreadable_counts: [{ model: 'credit-risk', parts: 2, windows: 1 }],
    unreadable_parts: [
      {
        model: 'credit-risk',
        version: '3',
        window_id: '77',
        window_start: '2026-03-10T10:00:00.000Z',
        segment: '',
        kind: 'input',
        part_id: '4711',
        error: 'bytes end inside a value',
        seen_at: minutesAgo(1),
      },
    ],
  });
  expect(dutyLines(troubled, NOW_MS)).toEqual([
    'Postponed: 3 evaluations, the first since 2 h ago: model not configured',
    'Unreadable: 2 parts of 1 window of credit-risk cannot be decoded',
  ]);
  const [evaluations, part] = judgeDuties(troubled, NOW_MS);
  expect(evaluations).toMatchObject({ level: 'warning', fix: expect.stringContaining('has their model') });
  expect(part).toMatchObject({
    level: 'critical',
    detail: expect.stringMatching(
      /part 4711 \(input\) of the window of .*\(77\) of credit-risk 3 does not decode/,
    ),
  });
});
