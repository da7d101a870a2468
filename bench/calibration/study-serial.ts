import { buildReference } from '../../src/stats/table/table-reference.ts';
import { profileTable } from '../../src/stats/table/table-profile.ts';
import { judgeFeatures } from '../../src/compare/compared-window.ts';
import { measureProfile } from '../../src/compare/measures/measure-profile.ts';
import type { Measures } from '../../src/compare/measures/measures.ts';
import { DEFAULT_COMPARE_OPTIONS } from '../../src/compare/options.ts';
import type { CompareOptions } from '../../src/compare/options.ts';
import { referenceWindowsOf } from '../../src/compare/overdispersion.ts';
import type { Column, Table } from '../../src/core/table.ts';
import type { ReferenceProfile } from '../../src/stats/profile/feature-reference.ts';
import type { Random } from '../../src/stats/random.ts';
import { normal, streamOf } from './draws.ts';
import { EMPTY_TABLE, STUDIED_TASK } from './studied-table.ts';
import { Tallies } from './tally.ts';
import { seedOf } from './unit.ts';
import type { Unit } from './unit.ts';

/** How many healthy windows the overdispersion rule is given. */
export const HEALTHY_WINDOWS = [20, 50] as const;

/** Shifts of the first feature, in its standard deviation over a long time. */
export const SERIAL_SHIFTS = [0.3, 0.5, 1] as const;

const FEATURES = 20;

/**
 * Rows that follow one another: each feature is a chain in which neighbours correlate by φ (normal values; also as
 * lognormal ones and cut into four levels). Reference, healthy windows and judged windows are separate stretches of it.
 */
export function studySerial(unit: Unit): Tallies {
  const { phi, windowRows } = unit;
  const random = streamOf(...seedOf(unit), windowRows);
  const reference = buildReference(serialTable(unit.referenceRows, phi, random), STUDIED_TASK);
  const healthy = Array.from({ length: Math.max(...HEALTHY_WINDOWS) }, () =>
    profileTable(serialTable(windowRows, phi, random), reference),
  );
  const rules: [string, CompareOptions][] = [['independent rows', DEFAULT_COMPARE_OPTIONS]];
  for (const count of HEALTHY_WINDOWS) {
    const referenceWindows = referenceWindowsOf(healthy.slice(0, count));
    rules.push([`${count} healthy windows`, { ...DEFAULT_COMPARE_OPTIONS, referenceWindows }]);
  }
  const tallies = new Tallies();
  for (let window = 0; window < unit.windows; window++) {
    const table = serialTable(windowRows, phi, random);
    const unmoved = measureTable(reference, table.features);
    const moved = SERIAL_SHIFTS.map((shift) => measureTable(reference, [shiftFirst(table, shift)])[0]);
    for (const [name, options] of rules) {
      const flagged = judgeFeatures(unmoved, options).some((feature) => feature.drifted);
      tallies.add(`${name}: flagged`, flagged ? 1 : 0, 1);
      for (const [i, first] of moved.entries()) {
        if (first === undefined) continue;
        const [judged] = judgeFeatures([first, ...unmoved.slice(1)], options);
        tallies.add(`${name}: +${SERIAL_SHIFTS[i]} σ found`, judged?.drifted === true ? 1 : 0, 1);
      }
    }
  }
  return tallies;
}

/** Counts as many of the reference's features as there are columns. */
function measureTable(reference: ReferenceProfile, features: readonly Column[]): Measures[] {
  const known = { ...reference, features: reference.features.slice(0, features.length) };
  const rows = features[0]?.kind === 'numeric' ? features[0].values.length : 0;
  return profileTable({ ...EMPTY_TABLE, rows, features }, known).input.features.map(measureProfile);
}

function serialTable(rows: number, phi: number, random: Random): Table {
  const features = Array.from({ length: FEATURES }, (_, i) => serialColumn(i, chain(rows, phi, random)));
  return { ...EMPTY_TABLE, rows, features };
}

/** x₀ ~ N(0, 1), x ← φ·x + √(1 − φ²)·e: standard normal at every row. */
function chain(rows: number, phi: number, random: Random): Float64Array {
  const values = new Float64Array(rows);
  const fresh = Math.sqrt(1 - phi ** 2);
  let x = normal(random);
  for (let row = 0; row < rows; row++) {
    values[row] = x;
    x = phi * x + fresh * normal(random);
  }
  return values;
}

function serialColumn(place: number, values: Float64Array): Column {
  const name = `feature ${place}`;
  if (place % 3 === 0) return { name, kind: 'numeric', values, invalid: 0 };
  if (place % 3 === 1) return { name, kind: 'numeric', values: values.map(Math.exp), invalid: 0 };
  const codes = Int32Array.from(values, (x) => (x < 0 ? 0 : x < 0.8 ? 1 : x < 1.5 ? 2 : 3));
  return { name, kind: 'categorical', codes, levels: ['low', 'middle', 'high', 'highest'], invalid: 0 };
}

function shiftFirst(table: Table, shift: number): Column {
  const [first] = table.features;
  if (first?.kind !== 'numeric') throw new Error('the first feature is one of numbers');
  return { ...first, values: first.values.map((x) => x + shift) };
}
