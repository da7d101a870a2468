import { BoundedCounts, boundedName } from '../bounded-counts.ts';
import type { ByteReader, ByteWriter } from '../bytes.ts';
import { LogHistogram } from './log-histogram.ts';

/** Errors are counted by name up to so many, the rest in one number. */
export const MAX_ERROR_NAMES = 32;

/** What a prediction's log says of how it was made. */
export interface Operation {
  readonly latencyMs?: number | null;
  readonly cost?: number | null;
  readonly energyJ?: number | null;
  /** Absent or null: none. */
  readonly error?: string | null;
}

export const AMOUNTS = ['latencyMs', 'cost', 'energyJ'] as const;
export type Amount = (typeof AMOUNTS)[number];

/**
 * What a window knows of how its predictions were made: latency, cost and energy of those that say so, and errors by
 * name. Adds and undoes exactly, in any order, like the profile it is part of.
 */
export class OperationalProfile {
  /** Predictions that would have said so, had they failed: every prediction of a log, of a table only if it has errors. */
  rows = 0;
  readonly latencyMs = new LogHistogram();
  readonly cost = new LogHistogram();
  readonly energyJ = new LogHistogram();
  /** Rows per error. */
  readonly errors = new BoundedCounts(MAX_ERROR_NAMES);

  add(operation: Operation, sign: 1 | -1): void {
    this.rows += sign;
    for (const amount of AMOUNTS) {
      const value = operation[amount];
      if (value !== null && value !== undefined) this[amount].add(value, sign);
    }
    if (operation.error !== null && operation.error !== undefined) this.addError(operation.error, sign);
  }

  addError(error: string, sign: 1 | -1): void {
    this.errors.add(boundedName(error), sign);
  }

  /** Nothing was measured: no amount and no error. */
  get isSilent(): boolean {
    return AMOUNTS.every((amount) => this[amount].n === 0) && this.errors.total === 0;
  }

  merge(other: OperationalProfile, sign: 1 | -1): void {
    this.rows += sign * other.rows;
    for (const amount of AMOUNTS) this[amount].merge(other[amount], sign);
    this.errors.merge(other.errors, sign);
  }

  encode(writer: ByteWriter): void {
    writer.signed(this.rows);
    for (const amount of AMOUNTS) this[amount].encode(writer);
    this.errors.encode(writer);
  }

  /** Throws on damage. */
  static decode(reader: ByteReader): OperationalProfile {
    const profile = new OperationalProfile();
    profile.rows = reader.signed();
    for (const amount of AMOUNTS) profile[amount].merge(LogHistogram.decode(reader), 1);
    profile.errors.merge(BoundedCounts.decode(reader, MAX_ERROR_NAMES), 1);
    return profile;
  }
}
