import type {
  Acknowledgement,
  Held,
  HoldReason,
  InhibitionReason,
  MutedFeature,
  ReleaseReason,
  Snooze,
} from '../core/alerts/alert-hold.ts';
import type { MuteSchedule } from '../core/alerts/mute-schedule.ts';
import type { Silence } from '../core/alerts/silence.ts';
import { inhibitionOf, type OpenIncident } from './inhibition.ts';
import { allMatch } from './match-silence.ts';
import { mutedUntil } from './muted-until.ts';
import { messageParts, type MessageFacts, type MessagePart } from './notification-parts.ts';

/** Everything that may hold a message back, whether it is in force or not. */
export interface Holds {
  readonly silences: readonly Silence[];
  readonly schedules: readonly MuteSchedule[];
  /** Of the same model version, firing or recovering. */
  readonly others: readonly OpenIncident[];
  readonly acknowledgement: Acknowledgement | null;
  readonly snooze: Snooze | null;
}

export interface NotHeld {
  readonly held: false;
  readonly muted: readonly MutedFeature[];
  /** It names a kind that nobody had seen when the incident was acknowledged. */
  readonly endsAcknowledgement: boolean;
}

/**
 * Whether people are told now. A message is held when everything it is about is silenced or inhibited, while a schedule
 * mutes, and for its incident while that is snoozed; an acknowledged one sends no reminders. A message that ends an
 * incident is held by silences and schedules only: whoever snoozed it or looks after it wants to know.
 */
export function holdNotification(facts: MessageFacts, holds: Holds, nowMs: number): Held | NotHeld {
  const stopped = messageParts(facts).map((part) => stopOf(part, facts, holds, nowMs));
  const about = stopped.filter(({ part }) => !part.aside);
  return (
    bySilence(about) ??
    bySchedule(holds.schedules, nowMs) ??
    byInhibition(about) ??
    bySnooze(facts, holds.snooze, nowMs) ??
    byAcknowledgement(facts, holds.acknowledgement, nowMs) ?? {
      held: false,
      muted: mutedFeatures(stopped),
      endsAcknowledgement: endsAcknowledgement(facts, holds.acknowledgement, nowMs),
    }
  );
}

interface Stopped {
  readonly part: MessagePart;
  readonly by: (Pick<Held, 'untilMs' | 'by'> & { readonly reason: 'silenced' | InhibitionReason }) | null;
}

function stopOf(part: MessagePart, facts: MessageFacts, holds: Holds, nowMs: number): Stopped {
  const { model, version, segment } = facts;
  const labels = { model, version, segment, kind: part.kind, feature: part.feature };
  const silence = holds.silences
    .filter((each) => isActive(each, nowMs) && allMatch(each.matchers, labels))
    .reduce<Silence | null>(
      (longest, each) => (each.endsAtMs > (longest?.endsAtMs ?? 0) ? each : longest),
      null,
    );
  if (silence !== null) {
    const by = `silence ${silence.id} by ${silence.author}`;
    return { part, by: { reason: 'silenced', untilMs: silence.endsAtMs, by } };
  }
  // That drift is over is worth knowing whatever else is broken.
  const inhibition = facts.endsIncident ? null : inhibitionOf(part, facts, holds.others);
  if (inhibition === null) return { part, by: null };
  return { part, by: { reason: inhibition.reason, untilMs: null, by: `incident ${inhibition.incidentId}` } };
}

function isActive(
  { startsAtMs, endsAtMs }: Pick<Silence, 'startsAtMs' | 'endsAtMs'>,
  nowMs: number,
): boolean {
  return startsAtMs <= nowMs && nowMs < endsAtMs;
}

/** Until the first of its parts may be told again. */
function bySilence(about: readonly Stopped[]): Held | null {
  const silenced = about.flatMap(({ by }) => (by?.reason === 'silenced' ? [by] : []));
  if (silenced.length === 0 || silenced.length < about.length) return null;
  const first = silenced.reduce((a, b) => ((b.untilMs ?? 0) < (a.untilMs ?? 0) ? b : a));
  return { held: true, ...first };
}

function byInhibition(about: readonly Stopped[]): Held | null {
  if (about.length === 0 || about.some(({ by }) => by === null)) return null;
  const first = about.find(({ by }) => by !== null && by.reason !== 'silenced')?.by ?? null;
  return first === null ? null : { held: true, ...first };
}

/** The one that mutes longest. */
function bySchedule(schedules: readonly MuteSchedule[], nowMs: number): Held | null {
  let longest: Held | null = null;
  for (const schedule of schedules) {
    const untilMs = mutedUntil(schedule, nowMs);
    if (untilMs !== null && untilMs > (longest?.untilMs ?? 0)) {
      longest = { held: true, reason: 'muted_by_schedule', untilMs, by: schedule.name };
    }
  }
  return longest;
}

function bySnooze({ endsIncident }: MessageFacts, snooze: Snooze | null, nowMs: number): Held | null {
  if (snooze === null || snooze.untilMs <= nowMs || endsIncident) return null;
  return { held: true, reason: 'snoozed', untilMs: snooze.untilMs, by: snooze.by };
}

function byAcknowledgement(
  { kind }: MessageFacts,
  acknowledgement: Acknowledgement | null,
  nowMs: number,
): Held | null {
  if (acknowledgement === null || kind !== 'reminder' || !stands(acknowledgement, nowMs)) return null;
  const { untilMs, by } = acknowledgement;
  return { held: true, reason: 'acknowledged', untilMs, by };
}

function endsAcknowledgement(
  { kind, types }: MessageFacts,
  acknowledgement: Acknowledgement | null,
  nowMs: number,
): boolean {
  if (acknowledgement === null || kind !== 'firing' || !stands(acknowledgement, nowMs)) return false;
  return types.some((type) => !acknowledgement.types.includes(type));
}

function stands({ untilMs }: Acknowledgement, nowMs: number): boolean {
  return untilMs === null || nowMs < untilMs;
}

/** A feature all of whose parts are stopped. */
function mutedFeatures(stopped: readonly Stopped[]): MutedFeature[] {
  const byFeature = Map.groupBy(stopped, ({ part }) => part.feature);
  return [...byFeature].flatMap(([feature, parts]) => {
    const [first] = parts;
    if (feature === '' || first?.by == null || parts.some(({ by }) => by === null)) return [];
    return [{ feature, reason: first.by.reason, by: first.by.by }];
  });
}

/** What has ended when a message that was held for this reason is told. */
export const RELEASE_REASONS: Readonly<Record<HoldReason, ReleaseReason>> = {
  silenced: 'silence_ended',
  muted_by_schedule: 'mute_ended',
  inhibited_by_no_data: 'inhibition_ended',
  inhibited_by_schema_fault: 'inhibition_ended',
  inhibited_by_data_fault: 'inhibition_ended',
  snoozed: 'snooze_ended',
  acknowledged: 'acknowledgement_ended',
};
