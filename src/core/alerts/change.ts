import type { Fault } from '../faults.ts';
import type { AlertCause, AlertKind } from './alert.ts';

/** What of a model moved, and which way. */
export interface Move {
  /** `relation`: between a feature and the outcome; `metric`: of operation. */
  readonly subject: 'feature' | 'label' | 'relation' | 'metric';
  readonly name: string;
  /** Parts of the way, signed: two moves go the same way when these point the same way. Empty: nobody can tell. */
  readonly way: Readonly<Record<string, number>>;
}

/** What a window, or an incident, shows. */
export interface ShownChange {
  readonly kinds: readonly AlertKind[];
  readonly moves: readonly Move[];
  readonly faults: readonly { readonly feature: string; readonly fault: Fault }[];
}

/** Somebody has said that a change was expected. */
export interface ExpectedChange {
  readonly id: string;
  readonly cause: AlertCause;
  /** The empty text: of all rows, and so of each segment. */
  readonly segment: string;
  readonly change: ShownChange;
  /** Windows that start from here on. */
  readonly fromMs: number;
  /** And before this; null: until it is removed. */
  readonly untilMs: number | null;
  readonly author: string;
  readonly comment: string;
}
