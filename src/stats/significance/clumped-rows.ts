/** Rows of one person, visit or search: hardly more stand together. */
const GROUP = 12;
/** Fewer rows say nothing of how they follow each other. */
const MIN_ROWS = 8 * GROUP;

/** Standard errors from which on rows are taken to come in groups: of two hundred columns of independent rows one is so. */
export const IN_GROUPS = 2.5;

/** How many rows count as one, where rows that follow each other are of one group. */
export interface Clumps {
  /** At least 1. */
  readonly factor: number;
  /** Standard errors that it is above 1 if rows are independent. */
  readonly z: number;
}

const NONE: Clumps = { factor: 1, z: 0 };

/**
 * Groups of rows that follow each other and are alike: of a person who was not asked no row has an answer, and all of her rows are of one town.
 *
 * Formula: the variance of a share over that of independent rows, 1 + 2·Σ (ρ_k − ρ̄) over the lags 1 to 12, ρ̄ the mean of the lags 13 to 24: what
 * began at some moment and goes on is as alike there, and counts for itself. Of cells ρ_k is how much oftener rows k apart are in one cell than by chance,
 * (P − Σp²)/(1 − Σp²); standard error of the sum √(24·Σp²/(1 − Σp²)/n), of two cells of equal shares √(24/n).
 * Range: at least 1; 1 for fewer than 96 rows and where all are in one cell. O(24·rows).
 *
 * @param cells of each row, from 0, in order of time
 * @example clumpsOf(Uint8Array.from({ length: 960 }, (_, row) => Number(row % 96 < 8))).factor // 8.59650295943475
 */
export function clumpsOf(cells: ArrayLike<number>): Clumps {
  const rows = cells.length;
  if (rows < MIN_ROWS) return NONE;
  const counts = new Map<number, number>();
  for (let row = 0; row < rows; row++) counts.set(cells[row]!, (counts.get(cells[row]!) ?? 0) + 1);
  const byChance = [...counts.values()].reduce((sum, count) => sum + (count / rows) ** 2, 0);
  if (!(byChance < 1)) return NONE;
  const alike = (lag: number): number => {
    let both = 0;
    for (let row = lag; row < rows; row++) if (cells[row] === cells[row - lag]) both += 1;
    return (both / (rows - lag) - byChance) / (1 - byChance);
  };
  return summed(alike, Math.sqrt(byChance / (1 - byChance) / rows));
}

/**
 * The same of values, by their correlation with those k rows before.
 *
 * @param values about any middle, in order of time
 * @example clumpsOfValues(Float64Array.from({ length: 400 }, (_, row) => (row * 7) % 10)).factor // 1
 */
export function clumpsOfValues(values: Float64Array): Clumps {
  const rows = values.length;
  if (rows < MIN_ROWS) return NONE;
  const middle = values.reduce((sum, value) => sum + value, 0) / rows;
  const squares = values.reduce((sum, value) => sum + (value - middle) ** 2, 0);
  if (!(squares > 0)) return NONE;
  const alike = (lag: number): number => {
    let sum = 0;
    for (let row = lag; row < rows; row++) sum += (values[row]! - middle) * (values[row - lag]! - middle);
    return sum / squares;
  };
  return summed(alike, 1 / Math.sqrt(rows));
}

function summed(alike: (lag: number) => number, error: number): Clumps {
  let [near, far] = [0, 0];
  for (let lag = 1; lag <= GROUP; lag++) {
    near += alike(lag);
    far += alike(GROUP + lag);
  }
  return { factor: Math.max(1, 1 + 2 * (near - far)), z: (near - far) / (error * Math.sqrt(2 * GROUP)) };
}
