import type { Column, NumericColumn, Table } from '../../src/core/table.ts';
import type { WorldRow } from '../../src/simulate/worlds/draw-world.ts';
import type { OrdinaryWorld } from '../../src/simulate/worlds/ordinary-world.ts';
import { levels, numeric } from '../simulate/table-of-rows.ts';

const references = new WeakMap<readonly WorldRow[], Table>();

/** The same table for the same rows: what is learned from a reference is kept with it. */
export function referenceTable(world: OrdinaryWorld, rows: readonly WorldRow[]): Table {
  let known = references.get(rows);
  if (known === undefined) references.set(rows, (known = worldTable(world, rows)));
  return known;
}

/** Rows of a world as a file of them would be read. */
export function worldTable(world: OrdinaryWorld, rows: readonly WorldRow[]): Table {
  const isRegression = world.task === 'regression';
  const className = (at: number | null): string | null => (at === null ? null : (world.classes[at] ?? null));
  const named = world.features.filter(({ name }) => !(world.identifiers ?? []).includes(name));
  const features = named.map(({ name, kind }): Column => {
    const values = rows.map(({ fed }) => fed[name] ?? null);
    if (kind === 'numeric') return numeric(name, values);
    const column = levels(name, values);
    const isFlag = column.levels.every((level) => level === 'true' || level === 'false');
    return isFlag ? { ...column, kind: 'boolean' } : column;
  });
  const { level, spread } = world.outcome;
  const likeliest = ({ probabilities }: WorldRow): number =>
    probabilities.reduce((best, p, at) => (p > (probabilities[best] ?? 0) ? at : best), 0);
  return {
    rows: rows.length,
    features,
    prediction: isRegression
      ? numeric(
          'prediction',
          rows.map(({ index }) => level + spread * index),
        )
      : levels(
          'prediction',
          rows.map((row) => className(likeliest(row))),
        ),
    score: isRegression
      ? null
      : numeric(
          'score',
          rows.map(({ probabilities }) => probabilities[0] ?? null),
        ),
    ...(world.classes.length > 2 && { probabilities: probabilityColumns(world, rows) }),
    label: isRegression
      ? numeric(
          'label',
          rows.map(({ label }) => label),
        )
      : levels(
          'label',
          rows.map(({ classAt }) => className(classAt)),
        ),
    timestampMs: Float64Array.from(rows, ({ timestampMs }) => timestampMs),
    predictionId: null,
  };
}

function probabilityColumns(world: OrdinaryWorld, rows: readonly WorldRow[]): Map<string, NumericColumn> {
  return new Map(
    world.classes.map((name, at) => [
      name,
      numeric(
        `probability_${name}`,
        rows.map(({ probabilities }) => probabilities[at] ?? null),
      ),
    ]),
  );
}
