/**
 * Online drift detectors: one value at a time, a memory that does not grow with the stream, and an answer each time.
 * This file names what they share; `registry.ts` lists them, `create-detector.ts` makes them.
 */
import type { StateReader } from './state-reader.ts';

export type DetectorSignal = 'in_control' | 'warning' | 'drift';

/** What a detector can read: any number, a share from 0 to 1, or 0 (right) and 1 (wrong) only. */
export type SeriesKind = 'number' | 'unit' | 'binary';

export interface OptionSpec {
  readonly name: string;
  readonly default: number;
  /** Both ends are allowed. */
  readonly min: number;
  readonly max: number;
  /** Whole numbers only. A flag is 0 or 1. */
  readonly integer: boolean;
  readonly about: string;
}

/** Every option of a detector with its value, checked against its `OptionSpec`. */
export type DetectorOptions = Readonly<Record<string, number>>;

/**
 * The arithmetic of one detector. It meets only values its kind allows, and is cleared from outside after a drift
 * (except where `keepsGoing`).
 */
export interface Kernel {
  step(value: number): DetectorSignal;
  /**
   * Asked right after a drift: how many values back the change began, the newest counting as 1. Absent where the
   * method does not say; it is then looked for from outside.
   */
  changeAge?(): number;
  clear(): void;
  /** True: a drift has already moved the state on, and clearing it would throw away the new regime. */
  readonly keepsGoing?: boolean;
  /** Numbers that `load` reads back in the same order. Infinity is allowed, NaN is not. */
  save(into: number[]): void;
  /** False when the numbers cannot be a state of this kernel; what they left behind is then undefined. */
  load(from: StateReader): boolean;
}

export interface DetectorDefinition {
  readonly name: string;
  readonly title: string;
  readonly takes: SeriesKind;
  /** Which changes it sees when its options are the defaults. */
  readonly sees: 'increase' | 'any_change_of_mean' | 'any_change_of_distribution';
  readonly warns: boolean;
  readonly options: readonly OptionSpec[];
  readonly paper: string;
  /** A sentence on what is wrong between the options; null when they fit together. */
  conflict?(options: DetectorOptions): string | null;
  create(options: DetectorOptions): Kernel;
}

export const STATE_VERSION = 1;

/** Plain JSON. Null stands for Infinity. */
export interface DetectorState {
  readonly version: typeof STATE_VERSION;
  readonly detector: string;
  readonly options: DetectorOptions;
  readonly seen: number;
  readonly skipped: number;
  readonly kernel: readonly (number | null)[];
}

export interface Detector {
  readonly definition: DetectorDefinition;
  readonly options: DetectorOptions;
  /** Values given so far, with those it could not use. */
  readonly seen: number;
  /** Values it could not use: NaN, infinite, beyond 1e100 in size, or not of the kind it takes. */
  readonly skipped: number;
  /**
   * O(1), or as its docstring says. A value it cannot use leaves the state alone and answers `in_control`. The
   * update after a drift starts from nothing.
   */
  update(value: number): DetectorSignal;
  /** Of the last drift: how many usable values back the change began, the alarming one counting as 1. */
  readonly changeAge: number | null;
  save(): DetectorState;
}

/** Beyond this, squares and their sums over a long stream would leave the range of a double. */
export const LARGEST_VALUE = 1e100;

export function optionSpec(
  name: string,
  value: number,
  [min, max]: readonly [number, number],
  about: string,
): OptionSpec {
  return { name, default: value, min, max, integer: false, about };
}

export function wholeOption(
  name: string,
  value: number,
  range: readonly [number, number],
  about: string,
): OptionSpec {
  return { ...optionSpec(name, value, range, about), integer: true };
}

export function flagOption(name: string, value: 0 | 1, about: string): OptionSpec {
  return wholeOption(name, value, [0, 1], about);
}

/** Options are complete once checked; a name that is not there is a mistake in this folder. */
export function optionOf(options: DetectorOptions, name: string): number {
  const value = options[name];
  if (value === undefined) throw new RangeError(`no option ${name}`);
  return value;
}
