import type { Column, Table } from '../../../src/core/table.ts';
import type { Value } from '../../../src/simulate/family.ts';
import type { WorldRow } from '../../../src/simulate/worlds/draw-world.ts';
import { levels, numeric } from '../../../test/simulate/table-of-rows.ts';
import type { RealSet } from './real-sets.ts';

/** Rows as a world draws them, so that shifts and faults can be the same ones. The model's output stays what it was. */
export function rowsOfTable(table: Table, classes: readonly string[], places: Int32Array): WorldRow[] {
  return Array.from(places, (place): WorldRow => {
    const cells = table.features.map((column): [string, Value] => [column.name, valueAt(column, place)]);
    const label = table.label === null ? null : valueAt(table.label, place);
    const score = table.score?.values[place] ?? null;
    const classAt = label === null ? -1 : classes.indexOf(String(label));
    return {
      fed: Object.fromEntries(cells),
      index: 0,
      label: classAt < 0 ? null : Number(classAt === 0),
      classAt: classAt < 0 ? null : classAt,
      timestampMs: table.timestampMs?.[place] ?? Number.NaN,
      truth: { before: 0, now: 0 },
      isBroken: false,
      probabilities: score === null ? [] : [score, 1 - score],
    };
  });
}

function valueAt(column: Column, place: number): Value {
  if (column.kind !== 'numeric') return column.levels[column.codes[place] ?? -1] ?? null;
  const value = column.values[place] ?? Number.NaN;
  return Number.isNaN(value) ? null : value;
}

/** @param like the whole table: which columns there are, and of what kind */
export function tableOfRealRows(
  like: Table,
  { classes, isTimed }: Pick<RealSet, 'classes' | 'isTimed'>,
  rows: readonly WorldRow[],
): Table {
  const scored = like.score !== null;
  return {
    rows: rows.length,
    features: like.features.map(({ name, kind }): Column => {
      const values = rows.map(({ fed }) => fed[name] ?? null);
      if (kind === 'numeric') return numeric(name, values);
      return { ...levels(name, values), kind };
    }),
    prediction: scored
      ? levels(
          'prediction',
          rows.map(({ probabilities: [p = 0] }) => classes[p >= 0.5 ? 0 : 1] ?? null),
        )
      : null,
    score: scored
      ? numeric(
          'score',
          rows.map(({ probabilities: [p] }) => p ?? null),
        )
      : null,
    label: levels(
      'label',
      rows.map(({ classAt }) => (classAt === null ? null : (classes[classAt] ?? null))),
    ),
    timestampMs: isTimed ? Float64Array.from(rows, ({ timestampMs }) => timestampMs) : null,
    predictionId: null,
  };
}
