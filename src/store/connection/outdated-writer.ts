import { UserError } from '../../core/errors.ts';
import type { Pool } from 'pg';

/** A newer shiftwatch has migrated the database and does not let this one write any more. Nothing was stored. */
export class OutdatedWriter extends UserError {
  constructor(oldest: number, known: number) {
    super(
      `a newer shiftwatch has migrated the database: it takes writes of those that know migration ${oldest}, ` +
        `and this one knows ${known}`,
      { fix: 'Run the newer version. Nothing was lost: what was not stored is read, or sent, again.' },
    );
  }
}

const outdated = new WeakMap<Pool, OutdatedWriter>();

export function noteOutdated(pool: Pool, error: OutdatedWriter): void {
  outdated.set(pool, error);
}

/** Why this process must end; null while it may write. */
export function outdatedReason(pool: Pool): string | null {
  return outdated.get(pool)?.message ?? null;
}
