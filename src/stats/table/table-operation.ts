import { NO_ERROR } from '../../core/table.ts';
import type { TableOperation } from '../../core/table.ts';
import { AMOUNTS, OperationalProfile } from '../profile/operational-profile.ts';

/** Counts how a table's predictions were made. Without a column of errors it says nothing of them, not that there were none. */
export function profileOperation(operation: TableOperation): OperationalProfile {
  const profile = new OperationalProfile();
  for (const amount of AMOUNTS) {
    for (const value of operation[amount]?.values ?? []) {
      if (!Number.isNaN(value)) profile[amount].add(value, 1);
    }
  }
  const { error } = operation;
  if (error === null) return profile;
  profile.rows = error.codes.length;
  const failed = error.levels.map((level) => !NO_ERROR.has(level.toLowerCase()));
  for (const code of error.codes) {
    if (failed[code] === true) profile.addError(error.levels[code] ?? '', 1);
  }
  return profile;
}
