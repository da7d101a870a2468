import type { CategoricalReference, NumericReference } from './feature-reference.ts';

/**
 * References for what no baseline describes. They hold no rows, so nothing can be compared with them, but
 * windows counted on them can be compared with each other and shown.
 */

const LOWEST_DECADE = -9;
const HIGHEST_DECADE = 12;
const STEPS_PER_DECADE = [1, 1.3, 1.8, 2.4, 3.2, 4.2, 5.6, 7.5];

/** Eight points a decade from 1e-9 to 1e12 on either side of zero: a quantile is known to about a third of its size. */
const FIXED_GRID: Float64Array = fixedGrid();

/** The same plus hundredths, because scores crowd where logarithmic steps are wide. */
const SCORE_GRID: Float64Array = Float64Array.from(
  new Set([...FIXED_GRID, ...Array.from({ length: 101 }, (_, i) => i / 100)]),
).sort();

export function unknownNumeric(name: string): NumericReference {
  return emptyNumeric(name, FIXED_GRID);
}

export function unknownScore(): NumericReference {
  return emptyNumeric('score', SCORE_GRID);
}

export function unknownCategorical(name: string): CategoricalReference {
  return {
    kind: 'categorical',
    name,
    levels: [],
    counts: new Float64Array(0),
    otherLevels: 0,
    otherCount: 0,
    rows: 0,
    missing: 0,
    invalid: 0,
    infinite: 0,
  };
}

/** Nobody writes to a reference: one array of zeros does for all. */
const ZEROS = new Float64Array(SCORE_GRID.length + 1);
const NO_EDGES = new Int32Array(0);

function emptyNumeric(name: string, grid: Float64Array): NumericReference {
  const gaps = ZEROS.subarray(0, grid.length + 1);
  return {
    kind: 'numeric',
    name,
    grid,
    equal: gaps.subarray(0, grid.length),
    between: gaps,
    betweenSums: gaps,
    edges: NO_EDGES,
    exact: true,
    n: 0,
    mean: 0,
    m2: 0,
    rows: 0,
    missing: 0,
    invalid: 0,
    infinite: 0,
  };
}

function fixedGrid(): Float64Array {
  const positive: number[] = [];
  for (let decade = LOWEST_DECADE; decade < HIGHEST_DECADE; decade++) {
    // Read from decimal text, so that 3.2e-5 is the number people write.
    for (const step of STEPS_PER_DECADE) positive.push(Number(`${step}e${decade}`));
  }
  positive.push(Number(`1e${HIGHEST_DECADE}`));
  return Float64Array.from([...positive.map((x) => -x).reverse(), 0, ...positive]);
}
