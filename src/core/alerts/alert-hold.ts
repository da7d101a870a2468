/** Why a message is held back, by what counts first. */
export const HOLD_REASONS = [
  'silenced',
  'muted_by_schedule',
  'inhibited_by_no_data',
  'inhibited_by_schema_fault',
  'inhibited_by_data_fault',
  'snoozed',
  'acknowledged',
] as const;
export type HoldReason = (typeof HOLD_REASONS)[number];
export type InhibitionReason = Extract<HoldReason, `inhibited_by_${string}`>;

/** Why a message that was held back is told after all. */
export type ReleaseReason =
  | 'silence_ended'
  | 'mute_ended'
  | 'inhibition_ended'
  | 'snooze_ended'
  | 'acknowledgement_ended';

/** A feature that is left out of a message that is sent. */
export interface MutedFeature {
  readonly feature: string;
  readonly reason: 'silenced' | InhibitionReason;
  /** The silence and its author, or the incident. */
  readonly by: string;
}

/** Somebody looks after an incident: until then, or until it shows something new, there are no reminders. */
export interface Acknowledgement {
  readonly by: string;
  /** Null: until it is over. */
  readonly untilMs: number | null;
  /** Kinds that it showed at the time. */
  readonly types: readonly string[];
}

/** Somebody wants to hear of an incident again at this time, and not before. */
export interface Snooze {
  readonly by: string;
  readonly untilMs: number;
}

/** A message is not told now. */
export interface Held {
  readonly held: true;
  readonly reason: HoldReason;
  /** Null: not known beforehand. */
  readonly untilMs: number | null;
  /** A person, a schedule, a silence, an incident. */
  readonly by: string;
}
