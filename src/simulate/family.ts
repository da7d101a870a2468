import type { Draws } from './draws.ts';

/** What a log holds: null is missing; text in a numeric column is a value that cannot be read. */
export type Value = number | string | null;
/** A row as the world has it, nothing missing. */
export type Row = Readonly<Record<string, number | string>>;
/** A row as the pipeline hands it to model and log. */
export type Fed = Readonly<Record<string, Value>>;

/** How a number moves when the world moves it: by adding, by multiplying, within 0 and 1, or never. */
export type ColumnScale = 'linear' | 'log' | 'logit' | 'fixed';

export interface NumericFeature {
  readonly name: string;
  readonly kind: 'numeric';
  readonly scale: ColumnScale;
  /** Digits behind the point that the log keeps. */
  readonly decimals: number;
  /** No world goes beyond these. */
  readonly bounds?: readonly [number, number];
}

export interface LevelFeature {
  readonly name: string;
  readonly kind: 'categorical';
}

export type Feature = NumericFeature | LevelFeature;

/** A conversion that a pipeline may apply to a feature by mistake. */
export interface UnitMistake {
  readonly feature: string;
  readonly name: string;
  readonly apply: (value: number) => number;
  /** The converted values hardly overlap the right ones, so that a part of the rows can be told. */
  readonly isApart: boolean;
}

/**
 * A population, the truth that makes labels out of it, and models that know the truth well, coarsely or hardly.
 * The calibrated model is the truth itself.
 */
export interface Family<R extends Row = Row> {
  readonly name: string;
  readonly about: string;
  readonly features: readonly Feature[];
  /** Names of the classes: positive first. */
  readonly classes: readonly [string, string];
  /** A numeric outcome is level + spread × index + noise. */
  readonly outcome: { readonly level: number; readonly spread: number; readonly noise: number };
  draw(draw: Draws): R;
  /** Log odds of the positive class. */
  truth(row: R): number;
  imperfect(row: R): number;
  weak(row: R): number;
  /** Numbers on which the truth depends most. */
  readonly matters: readonly string[];
  readonly units: readonly UnitMistake[];
  /** Columns that could be taken for one another. */
  readonly swaps: readonly (readonly [string, string])[];
  /** Columns whose reversed sign can be told. */
  readonly flips: readonly string[];
}

export type ModelKind = 'calibrated' | 'imperfect' | 'weak';
export const MODEL_KINDS: readonly ModelKind[] = ['calibrated', 'imperfect', 'weak'];

export const fahrenheit = (celsius: number): number => Math.round(10 * (celsius * 1.8 + 32)) / 10;
export const times =
  (factor: number) =>
  (value: number): number =>
    value * factor;

export function clip(value: number, low: number, high: number): number {
  return Math.min(high, Math.max(low, value));
}

export function rounded(value: number, decimals: number): number {
  const unit = 10 ** decimals;
  return Math.round(value * unit) / unit;
}

/** Logarithm of what should be positive; a broken feed does not stop a model. */
export function logOf(value: number): number {
  return Math.log(Math.max(1e-6, value));
}
