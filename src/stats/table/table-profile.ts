import type { RowProbabilities } from '../../core/events/events.ts';
import type { CategoricalColumn, Column, Table } from '../../core/table.ts';
import { boundedName } from '../bounded-counts.ts';
import type { FeatureProfile } from '../profile/feature-profile.ts';
import type { ReferenceProfile } from '../profile/feature-reference.ts';
import { InputProfile } from '../profile/input-profile.ts';
import { LabelProfile } from '../profile/outcomes/label-profile.ts';
import { profileOperation } from './table-operation.ts';
import { sum } from '../elementary.ts';
import { levelCounts } from '../../core/columns/level-counts.ts';

export interface TableProfile {
  readonly input: InputProfile;
  readonly labels: LabelProfile;
}

/** Counts a table exactly as its rows would be counted one by one, but column by column. O(rows · features · log grid). */
export function profileTable(table: Table, reference: ReferenceProfile): TableProfile {
  return { input: profileInputs(table, reference), labels: profileLabels(table, reference) };
}

function profileInputs(table: Table, reference: ReferenceProfile): InputProfile {
  const input = new InputProfile(reference, reference.task);
  input.rows = table.rows;
  input.featureRows = table.rows;
  const columns = new Map(table.features.map((column) => [column.name, column]));
  for (const profile of input.features) {
    countColumn(profile, columns.get(profile.reference.name) ?? null, table.rows);
    columns.delete(profile.reference.name);
  }
  for (const name of columns.keys()) input.unknownFeatures.add(boundedName(name), table.rows);
  countColumn(input.prediction, table.prediction, table.rows);
  countColumn(input.score, table.score, table.rows);
  if (table.operation !== undefined) input.operation.merge(profileOperation(table.operation), 1);
  return input;
}

/** Counts one column; null is missing in every row. A column of another kind than the reference's is counted cell by cell, so that a changed type shows. */
export function countColumn(profile: FeatureProfile, column: Column | null, rows: number): void {
  if (column === null) {
    profile.missing += rows;
  } else if (column.kind === 'numeric') {
    const { values } = column;
    for (let row = 0; row < values.length; row += 1) {
      const x = values[row]!;
      if (profile.kind === 'numeric') profile.addNumber(x, 1);
      else profile.add(x, 1);
    }
    profile.reclassifyMissingAsInvalid(column.invalid);
  } else {
    countLevels(profile, column);
    profile.reclassifyMissingAsInvalid(column.invalid);
  }
}

/** Level by level: a million cells have a handful of levels. */
function countLevels(profile: FeatureProfile, column: CategoricalColumn): void {
  const counts = levelCounts(column.codes, column.levels.length);
  profile.missing += column.codes.length - sum(counts);
  for (const [code, level] of column.levels.entries()) {
    const rows = counts[code] ?? 0;
    if (rows === 0) continue;
    if (profile.kind !== 'numeric') profile.addLevel(level, rows);
    else if (level === '') profile.missing += rows;
    else profile.invalid += rows;
  }
}

/** Only rows with a label count. */
export function profileLabels(table: Table, reference: ReferenceProfile): LabelProfile {
  const labels = new LabelProfile(reference, reference.task);
  if (table.label === null) return labels;
  for (let row = 0; row < table.rows; row++) {
    const label = cellAt(table.label, row);
    if (label === null) continue;
    const prediction = table.prediction === null ? null : cellAt(table.prediction, row);
    labels.add(label, prediction, table.score?.values[row] ?? null, 1, probabilitiesAt(table, row));
  }
  return labels;
}

/** Null unless the model gave probabilities of several classes; of two the score tells all. */
function probabilitiesAt({ probabilities }: Table, row: number): RowProbabilities | null {
  if (probabilities === undefined || probabilities.size <= 2) return null;
  const columns = [...probabilities];
  return {
    classes: columns.map(([name]) => name),
    values: columns.map(([, { values }]) => values[row] ?? Number.NaN),
  };
}

function cellAt(column: Column, row: number): string | number | null {
  if (column.kind !== 'numeric') return column.levels[column.codes[row] ?? -1] ?? null;
  const x = column.values[row] ?? Number.NaN;
  return Number.isNaN(x) ? null : x;
}
