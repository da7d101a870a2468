import type { ArrivalBias } from '../core/findings.ts';
import type { Column, Table } from '../core/table.ts';
import { holm } from '../stats/corrections.ts';
import { twoProportionTest } from '../stats/significance/two-proportion.ts';
import { marginalTest } from './marginal-test.ts';
import { allRows, drawRows } from './samples/picks.ts';
import { presentRows, selectCells } from './samples/row-samples.ts';
import type { ColumnCells } from './samples/row-samples.ts';

/** Fewer rows on either side cannot speak for theirs. */
const MIN_ROWS = 100;
/** Rows of either side that are looked at. */
const MAX_ROWS = 5_000;
/** Family-wise, over all columns of a window. */
const ALPHA = 0.001;
/** Below this distance the labelled rows stand for all, however significant it is. */
const FLOOR = 0.1;

/**
 * Whether labels arrive for rows like any other: the labelled rows of a window against its unlabelled ones, in the
 * prediction, the score and every feature. Where they differ, figures on the labelled rows are about those rows.
 *
 * Each column: `marginalTest` of its values and a two-proportion test of its missing shares, p = min(1, 2·min of both),
 * distance the larger of both; Holm over the columns. Biased: p < 0.001 and a distance of at least 0.1 in one column;
 * the one with the smallest p of those is named (or, of none, the smallest of all). Not tested: fewer than 100 rows on
 * either side. At most 5,000 rows of either are looked at. Cost O(columns · rows log rows).
 *
 * It looks at columns one by one: labels that follow two features only jointly are not seen, nor labels that follow
 * the outcome itself.
 */
export function arrivalBias(rows: Table | null): ArrivalBias {
  const all = rows === null ? 0 : rows.rows;
  const labelled =
    rows?.label == null
      ? new Int32Array()
      : presentRows(rows.label.kind === 'numeric' ? rows.label.values : rows.label.codes);
  const count = { labelled: labelled.length, unlabelled: all - labelled.length };
  if (rows === null || all === 0) return untested(count, 'no_rows');
  if (count.unlabelled === 0) return untested(count, 'no_unlabelled_rows');
  if (count.labelled < MIN_ROWS) return untested(count, 'too_few_labelled');
  if (count.unlabelled < MIN_ROWS) return untested(count, 'too_few_unlabelled');
  const isLabelled = new Set(labelled);
  const unlabelled = drawRows(
    allRows(all).filter((row) => !isLabelled.has(row)),
    MAX_ROWS,
  );
  const some = drawRows(labelled, MAX_ROWS);
  const columns = [rows.prediction, rows.score, ...rows.features].filter((column) => column !== null);
  const tests = columns.map((column) => columnTest(column, unlabelled, some));
  const adjusted = holm(tests.map(({ p }) => p));
  const ranked = [...tests.keys()].sort((a, b) => (adjusted[a] ?? 1) - (adjusted[b] ?? 1) || a - b);
  const differs = (at: number): boolean => (adjusted[at] ?? 1) < ALPHA && (tests[at]?.distance ?? 0) >= FLOOR;
  const found = ranked.find(differs);
  const named = found ?? ranked[0];
  const p = named === undefined ? null : (adjusted[named] ?? null);
  return {
    tested: true,
    biased: found !== undefined,
    p_value: p,
    feature: named === undefined ? null : (columns[named]?.name ?? null),
    distance: named === undefined ? null : (tests[named]?.distance ?? null),
    rows: { labelled: some.length, unlabelled: unlabelled.length },
    reason: found !== undefined ? 'differs' : p !== null && p < ALPHA ? 'below_floor' : 'no_difference',
  };
}

function untested(rows: ArrivalBias['rows'], reason: string): ArrivalBias {
  return { tested: false, biased: false, p_value: null, feature: null, distance: null, rows, reason };
}

function columnTest(
  column: Column,
  unlabelled: Int32Array,
  labelled: Int32Array,
): { p: number; distance: number } {
  const pair = pairOf(column, unlabelled, labelled);
  const values = marginalTest(pair);
  const missing = [pair.reference, pair.current].map((cells) => cells.length - presentRows(cells).length);
  const [before = 0, now = 0] = missing;
  const share = twoProportionTest(before, unlabelled.length, now, labelled.length);
  return {
    p: Math.min(1, 2 * Math.min(values.p, share.p_value)),
    distance: Math.max(values.distance, Math.abs(before / unlabelled.length - now / labelled.length)),
  };
}

function pairOf(column: Column, unlabelled: Int32Array, labelled: Int32Array): ColumnCells {
  const { name } = column;
  if (column.kind === 'numeric') {
    const { values } = column;
    return {
      kind: 'numeric',
      name,
      reference: selectCells(values, unlabelled),
      current: selectCells(values, labelled),
    };
  }
  const { codes, levels } = column;
  return {
    kind: 'levels',
    name,
    levels,
    reference: selectCells(codes, unlabelled),
    current: selectCells(codes, labelled),
  };
}
