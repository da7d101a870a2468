import type { Attended } from '../../api/api-deps.ts';
import { DAY_MS } from '../../core/clock.ts';
import { UsageError, UserError } from '../../core/errors.ts';
import { LONGEST_SILENCE_DAYS } from '../../core/alerts/silence.ts';
import { holdLine, reminderLine } from '../../words/hold-line.ts';
import { utcMinute } from '../../words/page-format.ts';
import { deliveriesLine, listedHeadline } from '../../words/incident/listed-headline.ts';
import { incidentName } from '../../words/incident-name.ts';
import type { Held } from '../../core/alerts/alert-hold.ts';
import {
  acknowledgeAlert,
  snoozeAlert,
  unacknowledgeAlert,
  unsnoozeAlert,
} from '../../pipeline/messages/attend-alerts.ts';
import { currentHolds } from '../../pipeline/messages/current-holds.ts';
import type { Pool } from '../../store/connection/pool.ts';
import { listAlerts } from '../../store/read-models/alerts.ts';
import type { AlertRow } from '../../store/rows/alerts.ts';
import { endOf } from '../terminal/attention-options.ts';
import { noteCommand } from '../terminal/note-command.ts';
import type { OperationsIo } from '../terminal/ports.ts';
import { textTable } from '../terminal/text-table.ts';
import { withDatabase } from '../terminal/with-database.ts';

export interface AttendOptions {
  readonly for?: number;
  readonly until?: number;
  readonly author: string;
  readonly comment?: string;
  readonly undo?: boolean;
}

const MOST_LISTED = 500;

export async function showAlerts(
  io: OperationsIo,
  { all, json }: { readonly all: boolean; readonly json: boolean },
): Promise<void> {
  const nowMs = io.clock.nowMs();
  const { items, holds } = await withDatabase(io, async ({ pool, config }) => {
    const muteOf = new Map(config.models.map(({ name, alerts }) => [name, alerts.mute ?? []]));
    const { items: alerts } = await listAlerts(pool, { open: !all }, { limit: MOST_LISTED, after: null });
    return { items: alerts, holds: await currentHolds(pool, (model) => muteOf.get(model) ?? [], nowMs) };
  });
  if (json) {
    const listed = items.map((row) => ({ ...row, headline: listedHeadline(row) }));
    io.print(`${JSON.stringify(listed, null, 2)}\n`);
  } else if (items.length === 0) {
    io.say('There is no open alert.\n');
  } else {
    const headings = [
      'ID',
      'MODEL',
      'VERSION',
      'SEGMENT',
      'STATE',
      'WHAT',
      'SINCE (UTC)',
      'MESSAGES',
      'DELIVERIES',
      'HEADLINE',
    ];
    io.print(
      textTable(
        headings,
        items.map((row) => alertLine(row, holds.get(row.id) ?? null)),
      ),
    );
  }
}

function alertLine(row: AlertRow, hold: Held | null): string[] {
  const held = holdLine(row, hold);
  const messages = held === null ? (reminderLine(row) ?? '-') : `held: ${held}`;
  const { id, model, version, segment, state, since } = row;
  return [
    id,
    model,
    version,
    segment === '' ? '-' : segment,
    state,
    incidentName(row),
    utcMinute(since),
    messages,
    deliveriesLine(row.deliveries),
    listedHeadline(row),
  ];
}

export async function acknowledge(io: OperationsIo, id: string, options: AttendOptions): Promise<void> {
  const nowMs = io.clock.nowMs();
  const untilMs = endWithin(options, nowMs);
  const action = options.undo === true ? 'alert.unacknowledge' : 'alert.acknowledge';
  const row = await attend(io, id, action, async (pool) =>
    options.undo === true
      ? await unacknowledgeAlert(pool, id, nowMs)
      : await acknowledgeAlert(pool, id, attentionOf(options, untilMs), nowMs),
  );
  if (row.acknowledged === null) {
    io.say(`Nobody looks after alert ${id} now.\n`);
    return;
  }
  const { by, until } = row.acknowledged;
  io.say(
    `Alert ${id} is acknowledged by ${by}: no reminders ${until === null ? 'while it is open' : `until ${until}`}.\n`,
  );
}

export async function snooze(io: OperationsIo, id: string, options: AttendOptions): Promise<void> {
  const nowMs = io.clock.nowMs();
  const untilMs = endWithin(options, nowMs);
  if (untilMs === null && options.undo !== true) {
    throw new UsageError('a snooze needs an end', { fix: 'Say --for 8h, or --until 2026-03-11T08:00:00Z.' });
  }
  const action = options.undo === true ? 'alert.unsnooze' : 'alert.snooze';
  const row = await attend(io, id, action, async (pool) =>
    untilMs === null || options.undo === true
      ? await unsnoozeAlert(pool, id, nowMs)
      : await snoozeAlert(pool, id, { ...attentionOf(options, untilMs), untilMs }, nowMs),
  );
  const until = row.snoozed?.until;
  io.say(
    until == null
      ? `Alert ${id} is not snoozed.\n`
      : `Alert ${id} is snoozed: unless it is over before, people hear of it again at ${until}.\n`,
  );
}

function attentionOf({ author, comment = '' }: AttendOptions, untilMs: number | null) {
  return { author, comment, untilMs };
}

function endWithin(options: AttendOptions, nowMs: number): number | null {
  const endMs = endOf(options, nowMs);
  if (endMs !== null && (endMs <= nowMs || endMs > nowMs + LONGEST_SILENCE_DAYS * DAY_MS)) {
    throw new UsageError(`the end must be within the next ${LONGEST_SILENCE_DAYS} days`, {
      fix: 'Choose another end.',
    });
  }
  return endMs;
}

async function attend(
  io: OperationsIo,
  id: string,
  action: string,
  work: (pool: Pool) => Promise<Attended>,
): Promise<AlertRow> {
  expectAlertId(id);
  const outcome = await withDatabase(io, async ({ pool }) => {
    const attended = await work(pool);
    await noteCommand(io, pool, action, id, attended.ok ? null : attended.error.reason);
    return attended;
  });
  if (outcome.ok) return outcome.value;
  throw new UserError(outcome.error.detail, { fix: TAKE_ONE });
}

/** What helps whoever named an alert that is not there, or is over. */
export const TAKE_ONE = 'Take the first column of `shiftwatch alert list`.';

export function expectAlertId(id: string): void {
  if (!/^[1-9]\d{0,17}$/.test(id))
    throw new UserError(`there is no alert ${JSON.stringify(id)}`, { fix: TAKE_ONE });
}
