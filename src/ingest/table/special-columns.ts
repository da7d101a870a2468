/** Which columns are not features: the ones with a name of their own, or renamed by the caller. */
import { UsageError, UserError } from '../../core/errors.ts';
import { PROBABILITY_PREFIX } from '../../core/table.ts';
import { nearest } from '../../core/nearest.ts';
import type { SourceColumn } from './source-column.ts';

export const SPECIAL_COLUMNS = {
  predictionId: 'prediction_id',
  timestamp: 'timestamp',
  prediction: 'prediction',
  score: 'score',
  label: 'label',
  holdout: 'holdout',
} as const;
export type SpecialRole = keyof typeof SPECIAL_COLUMNS;
const ROLES = Object.keys(SPECIAL_COLUMNS) as SpecialRole[];

/** Roles whose column has another name in this file. */
export type SpecialNames = Readonly<Partial<Record<SpecialRole, string>>>;

/**
 * Of two files that are read alike: a name said need not be in both. Where it is not, the usual name is looked for, and
 * the file may have neither.
 */
export type OptionalRoles = ReadonlySet<SpecialRole>;

/** How each prediction was made. Columns of these names are no features, unless they are named as such. */
const OPERATION_COLUMNS = {
  latencyMs: 'latency_ms',
  cost: 'cost',
  energyJ: 'energy_j',
  error: 'error',
} as const;
export type OperationRole = keyof typeof OPERATION_COLUMNS;
const OPERATION_ROLES = Object.keys(OPERATION_COLUMNS) as OperationRole[];

export interface ColumnRoles {
  readonly special: ReadonlyMap<SpecialRole, SourceColumn>;
  /** By class, as spelled in the column's name. */
  readonly probabilities: ReadonlyMap<string, SourceColumn>;
  readonly operation: ReadonlyMap<OperationRole, SourceColumn>;
  /** In the order of the file. */
  readonly others: readonly SourceColumn[];
}

/**
 * @param optional roles whose column may be missing
 * @param features columns that are features whatever they are called
 * @throws UserError when a renamed column is not in the file, or one column is given two roles
 */
export function columnRoles(
  path: string,
  columns: readonly SourceColumn[],
  names: SpecialNames,
  features: ReadonlySet<string> = new Set(),
  optional: OptionalRoles = new Set(),
): ColumnRoles {
  const byName = new Map(columns.map((column) => [column.name, column]));
  const special = new Map<SpecialRole, SourceColumn>();
  const taken = new Map<string, SpecialRole>();
  for (const role of ROLES) {
    const said = names[role];
    const isUsual = said === undefined || (optional.has(role) && !byName.has(said));
    const name = isUsual ? SPECIAL_COLUMNS[role] : said;
    const column = byName.get(name);
    if (column === undefined) {
      if (!isUsual) throw noSuchColumn(path, name, byName.keys());
      continue;
    }
    const other = taken.get(name);
    if (other !== undefined) {
      throw new UsageError(
        `column ${name} cannot be both ${SPECIAL_COLUMNS[other]} and ${SPECIAL_COLUMNS[role]}`,
        {
          fix: 'Name a column of its own for each.',
        },
      );
    }
    taken.set(name, role);
    special.set(role, column);
  }
  const probabilities = new Map<string, SourceColumn>();
  const operation = new Map<OperationRole, SourceColumn>();
  const others: SourceColumn[] = [];
  for (const column of columns) {
    if (taken.has(column.name)) continue;
    const role = features.has(column.name)
      ? undefined
      : OPERATION_ROLES.find((each) => OPERATION_COLUMNS[each] === column.name);
    if (role !== undefined) {
      operation.set(role, column);
      continue;
    }
    const isProbability = column.name.startsWith(PROBABILITY_PREFIX) && column.name !== PROBABILITY_PREFIX;
    if (isProbability) probabilities.set(column.name.slice(PROBABILITY_PREFIX.length), column);
    else others.push(column);
  }
  return { special, probabilities, operation, others };
}

/** A file may have a feature called `cost`: said aloud, so that nobody misses it. */
export function operationNotes({ operation }: ColumnRoles): string[] {
  if (operation.size === 0) return [];
  const names = [...operation.values()].map(({ name }) => name);
  const are = names.length === 1 ? 'is' : 'are';
  return [
    `${listed(names)} ${are} read as how predictions were made; name a feature with --numeric or --categorical`,
  ];
}

export function noSuchColumn(path: string, name: string, known: Iterable<string>): UserError {
  const names = [...known];
  const near = nearest(name, names);
  return new UserError(`${path} has no column ${name}`, {
    fix: near === null ? `Its columns are ${listed(names)}.` : `Did you mean ${near}?`,
  });
}

const MAX_LISTED = 30;

export function listed(names: readonly string[]): string {
  const more = names.length - MAX_LISTED;
  return more > 0 ? `${names.slice(0, MAX_LISTED).join(', ')} and ${more} more` : names.join(', ');
}
