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
