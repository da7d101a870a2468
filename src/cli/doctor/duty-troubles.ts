import { ago, plural, utcMinute, wholeNumber, words } from '../../words/page-format.ts';
import type { DutyRow } from '../../store/read-models/duties.ts';
import type { PipelineFacts } from '../../store/read-models/pipeline.ts';
import { type DoctorFinding, failure, fine, warning } from './finding.ts';
import { oneLine } from '../terminal/text-table.ts';

export type DutyFacts = Pick<
  PipelineFacts,
  'duties' | 'postponed' | 'unreadable_counts' | 'unreadable_parts'
>;

/** Failing so often in a row is no hiccup of the database. */
const MANY_FAILURES = 5;
/** So many periods without a success, and at least so long: a turn that never ends has no failure to tell of. */
const LATE_PERIODS = 5;
const LATE_MS = 5 * 60_000;
/** Roles that some process has to have. Without Kafka nobody needs `ingest`, and `api` is a choice. */
const NEEDED_ROLES = ['evaluate', 'act'] as const;
const WITHOUT = {
  evaluate: 'no window is closed or judged',
  act: 'no mail or webhook is sent',
} as const;

/** For example: 'Failing: reminders, 3 times in a row, 2 min ago: deadlock detected' */
export function dutyLines(facts: DutyFacts, nowMs: number): string[] {
  return [
    ...facts.duties.flatMap((duty) => {
      const said = failing(duty, nowMs) ?? late(duty, nowMs);
      return said === null ? [] : [`Failing: ${said}`];
    }),
    ...missingRoles(facts).map(
      (role) => `Missing: no running process has the role ${role}; ${WITHOUT[role]}`,
    ),
    ...facts.postponed.map(
      ({ reason, count, since }) =>
        `Postponed: ${plural(count, 'evaluation')}, the first since ${ago(since, nowMs)}: ${oneLine(words(reason))}`,
    ),
    ...facts.unreadable_counts.map(
      ({ model, parts, windows }) =>
        `Unreadable: ${plural(parts, 'part')} of ${plural(windows, 'window')} of ${oneLine(model)} cannot be decoded`,
    ),
  ];
}

/** The doctor's view of the same. */
export function judgeDuties(facts: DutyFacts, nowMs: number): DoctorFinding[] {
  const troubles = facts.duties.flatMap((duty) => judgeDuty(duty, nowMs));
  const processes = Math.max(0, ...facts.duties.map((duty) => duty.processes));
  const well =
    facts.duties.length === 0 || troubles.length > 0
      ? []
      : [
          fine(
            'duties',
            `all ${wholeNumber(facts.duties.length)} go well (${plural(processes, 'process', 'processes')})`,
          ),
        ];
  return [
    ...well,
    ...troubles,
    ...missingRoles(facts).map((role) =>
      warning(
        'roles',
        `no running process has the role ${role}: ${WITHOUT[role]}`,
        `Run \`shiftwatch serve --roles ${role}\`, or \`serve\` without \`--roles\`. What is decided meanwhile waits in the database.`,
      ),
    ),
    ...facts.postponed.map(({ reason, count, since }) =>
      warning(
        'evaluations',
        `${plural(count, 'evaluation')} wait since ${ago(since, nowMs)}: ${oneLine(words(reason))}`,
        reason === 'model_not_configured'
          ? 'No running process with the role evaluate has their model in its configuration. Add it and restart one: it looks at them at once.'
          : 'They are tried again by themselves, less and less often.',
      ),
    ),
    ...facts.unreadable_parts.map((part) =>
      failure(
        'window part',
        `part ${part.part_id} (${part.kind}) of the window of ${utcMinute(part.window_start)} (${part.window_id}) of ` +
          `${oneLine(part.model)} ${oneLine(part.version)} does not decode: ${oneLine(part.error)}`,
        'It is kept, and left out of every sum. A newer version of shiftwatch wrote it if one ever ran here: run that one. Else the disk or a backup is damaged.',
      ),
    ),
  ];
}

function judgeDuty(duty: DutyRow, nowMs: number): DoctorFinding[] {
  const said = failing(duty, nowMs);
  const subject = `duty ${duty.name}`;
  const fix = 'The log of the processes has more. It is tried again by itself; everything else goes on.';
  if (said !== null) return [(duty.failures >= MANY_FAILURES ? failure : warning)(subject, said, fix)];
  const overdue = late(duty, nowMs);
  return overdue === null ? [] : [warning(subject, overdue, fix)];
}

function failing(
  { name, failures, last_failure_at: at, last_error: error }: DutyRow,
  nowMs: number,
): string | null {
  if (failures === 0 || at === null) return null;
  const often = failures === 1 ? 'once' : `${wholeNumber(failures)} times in a row`;
  return `${oneLine(name)}, ${often}, last ${ago(at, nowMs)}: ${oneLine(error ?? '')}`;
}

function late(
  { name, every_ms: everyMs, since, last_success_at: at }: DutyRow,
  nowMs: number,
): string | null {
  const limitMs = Math.max(LATE_MS, LATE_PERIODS * everyMs);
  if (nowMs - Math.max(Date.parse(since), Date.parse(at ?? since)) < limitMs) return null;
  return at === null
    ? `${oneLine(name)} has not come to an end since its process started, ${ago(since, nowMs)}`
    : `${oneLine(name)} has not come to an end since ${ago(at, nowMs)}`;
}

/** Unknown while no process runs. */
function missingRoles({ duties }: Pick<DutyFacts, 'duties'>): (typeof NEEDED_ROLES)[number][] {
  const roles = new Set(duties.map(({ role }) => role));
  return roles.size === 0 ? [] : NEEDED_ROLES.filter((role) => !roles.has(role));
}
