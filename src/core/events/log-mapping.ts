/** How a logged message of any shape is read as events. `src/config` makes it of the file, `src/decode` applies it. */
import type { MessagePath } from './message-path.ts';

export const EPOCH_UNITS = ['s', 'ms', 'us', 'ns'] as const;
export type EpochUnit = (typeof EPOCH_UNITS)[number];

/** How a value is to be taken, whatever type it was logged with. */
export const COERCIONS = ['text', 'number', 'boolean', 'json'] as const;
export type Coercion = (typeof COERCIONS)[number];

/** One field of an event: from a place in the message, or the same for all. */
export interface FieldRule {
  /** Null: a constant, which is `fallback`. */
  readonly path: MessagePath | null;
  readonly as: Coercion | null;
  /** Of a timestamp that is a number; null: recognised by its size. */
  readonly unit: EpochUnit | null;
  /** Logged text → what is meant; anything else passes as it is. */
  readonly values: ReadonlyMap<string, unknown> | null;
  /** Where nothing stands, or null. */
  readonly fallback: unknown;
}

/** Where named values come from. Later sources win. */
export type NamesRule =
  | {
      readonly kind: 'object';
      readonly path: MessagePath;
      readonly except: ReadonlySet<string>;
      readonly only: ReadonlySet<string> | null;
      readonly prefix: string;
    }
  /** Parallel arrays; names may be given in the configuration. */
  | { readonly kind: 'arrays'; readonly names: MessagePath | readonly string[]; readonly values: MessagePath }
  /** A list of objects that hold a name and a value each. */
  | { readonly kind: 'list'; readonly path: MessagePath; readonly name: string; readonly value: string }
  | { readonly kind: 'one'; readonly name: string; readonly rule: FieldRule };

export const SCALAR_FIELDS = [
  'type',
  'model',
  'model_version',
  'prediction_id',
  'timestamp',
  'prediction',
  'score',
  'label',
  'source',
  'final',
  'latency_ms',
  'cost',
  'energy_j',
  'holdout',
  'error',
] as const;
export type ScalarField = (typeof SCALAR_FIELDS)[number];
export const NAMED_FIELDS = ['features', 'tags', 'probabilities'] as const;
export type NamedField = (typeof NAMED_FIELDS)[number];

/** What a message means. */
export interface LogMapping {
  readonly name: string;
  /** Texts that hold JSON, parsed in place before anything is looked up. */
  readonly parseJson: readonly MessagePath[];
  /** Messages for which this does not hold are passed over. */
  readonly when: { readonly path: MessagePath; readonly in: ReadonlySet<string> } | null;
  /** An array of which each item is an event; null: the message is one. */
  readonly each: MessagePath | null;
  readonly fields: ReadonlyMap<ScalarField, FieldRule>;
  readonly named: ReadonlyMap<NamedField, readonly NamesRule[]>;
}
