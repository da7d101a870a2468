import type { CategoricalColumn, Column, NumericColumn } from '../../src/core/table.ts';
import type { Random } from '../../src/stats/random.ts';
import { cumulate, indexIn } from './draws.ts';

/** What a feature's values are drawn from, independently for every row. */
export type Population = NumericPopulation | CategoricalPopulation;

export interface NumericPopulation {
  readonly kind: 'numeric';
  readonly name: string;
  /** What the results are grouped by: `normal`, `zero-inflated`, … */
  readonly family: string;
  readonly missingShare: number;
  /** The standard deviation, where there is one to shift by. */
  readonly sd: number | null;
  readonly draw: (random: Random) => number;
}

export interface CategoricalPopulation {
  readonly kind: 'categorical' | 'boolean';
  readonly name: string;
  readonly family: string;
  readonly missingShare: number;
  readonly levels: readonly string[];
  readonly cumulative: Float64Array;
}

export function numeric(
  family: string,
  name: string,
  sd: number | null,
  draw: (random: Random) => number,
  missingShare = 0,
): NumericPopulation {
  return { kind: 'numeric', name, family, missingShare, sd, draw };
}

export function categorical(
  family: string,
  name: string,
  weights: readonly number[],
  missingShare = 0,
): CategoricalPopulation {
  return {
    kind: weights.length === 2 ? 'boolean' : 'categorical',
    name,
    family,
    missingShare,
    levels: weights.length === 2 ? ['false', 'true'] : weights.map((_, i) => `level ${i}`),
    cumulative: cumulate(weights),
  };
}

/** The probability of each level. */
export function sharesOf(population: CategoricalPopulation): number[] {
  return Array.from(population.cumulative, (upTo, i) => upTo - (population.cumulative[i - 1] ?? 0));
}

export function drawColumn(population: Population, rows: number, random: Random): Column {
  return population.kind === 'numeric'
    ? drawNumbers(population, rows, random)
    : drawLevels(population, rows, random);
}

function drawNumbers(population: NumericPopulation, rows: number, random: Random): NumericColumn {
  const { draw, missingShare, name } = population;
  const values = new Float64Array(rows);
  for (let row = 0; row < rows; row++) {
    values[row] = missingShare > 0 && random() < missingShare ? Number.NaN : draw(random);
  }
  return { name, kind: 'numeric', values, invalid: 0 };
}

function drawLevels(population: CategoricalPopulation, rows: number, random: Random): CategoricalColumn {
  const { cumulative, kind, levels, missingShare, name } = population;
  const codes = new Int32Array(rows);
  for (let row = 0; row < rows; row++) {
    codes[row] = missingShare > 0 && random() < missingShare ? -1 : indexIn(cumulative, random());
  }
  return { name, kind, codes, levels, invalid: 0 };
}
