import { pooledCodes } from '../pooled.ts';
import type { LevelPair, RowSamples } from '../samples/row-samples.ts';
import { frequentLevels } from './basis-terms.ts';
import { MAX_DUMMIES } from './basis-terms.ts';
import type { Design } from './design-matrix.ts';
import { fitLinear, fitLogistic, inverseLogit, penalisedFactor } from './null-model.ts';
import type { Absorbed, NullModel } from './null-model.ts';
import { weightedGram } from './algebra/weighted-gram.ts';
import { levelCounts } from '../../core/columns/level-counts.ts';

/** Columns of many levels that are looked at, those with most rows in small levels first. */
const MAX_ABSORBED = 2;
/** With fewer rows in levels that have no column of their own, nothing much can hide in them. */
const MIN_SMALL_SHARE = 0.05;
/** Current rows whose level the reference knows; below this it is a number of the row rather than a property. */
const MIN_KNOWN_SHARE = 0.5;
/** Of the matrix, then of the levels, in turns: score tests forgive what is left, since both are projected out. */
const ROUNDS = 4;
const STEPS = 5;
const FIRST_VARIANCE = 0.25;
const SMALLEST_VARIANCE = 1e-4;
const MAX_STEP = 2;

/** Columns with more levels than dummies can hold, and those levels on both sides. */
export function crowdedColumns({ features, rows }: RowSamples): Absorbed[] {
  return features
    .flatMap((pair) => {
      if (pair.kind !== 'levels') return [];
      const small = smallShare(pair);
      const isCrowded = small >= MIN_SMALL_SHARE && knownShare(pair) >= MIN_KNOWN_SHARE && rows.current > 0;
      return isCrowded ? [{ small, absorbed: absorbedOf(pair) }] : [];
    })
    .sort((a, b) => b.small - a.small)
    .slice(0, MAX_ABSORBED)
    .map(({ absorbed }) => absorbed);
}

/** Share of the rows in levels that have no column of their own in the matrix. */
function smallShare(pair: LevelPair): number {
  const codes = pooledCodes(pair);
  const large = new Set(frequentLevels(codes, pair.levels.length).slice(0, MAX_DUMMIES + 1));
  let small = 0;
  for (const code of codes) if (code >= 0 && !large.has(code)) small += 1;
  return small / Math.max(1, codes.length);
}

/** Share of the current rows whose level the reference has, too. */
export function knownShare({ levels, reference, current }: LevelPair): number {
  const before = levelCounts(reference, levels.length);
  let known = 0;
  for (const code of current) if (code < 0 || before[code]! > 0) known += 1;
  return known / Math.max(1, current.length);
}

function absorbedOf(pair: LevelPair): Absorbed {
  const missing = pair.levels.length;
  return {
    feature: pair.name,
    levelOf: pooledCodes(pair).map((code) => (code < 0 ? missing : code)),
    levels: missing + 1,
  };
}

export interface WithinFit {
  /** As the matrix varies within a level, under the model's weights. */
  readonly design: Design;
  readonly model: NullModel;
}

/**
 * y ~ s(X) + u_level, u ~ N(0, τ²): the null model where a column has thousands of levels.
 *
 * Levels too rare for a column of their own still differ, and where their shares moved, what is ignored of them looks like a
 * changed relation. Here each has an effect, drawn to 0 as far as its rows do not say otherwise, fitted on both periods as
 * if nothing had happened; τ² by EM. What the drawing leaves behind the score tests project out (`absorbed`).
 * Logistic for 0 and 1, else linear. Cost: a few fits of the matrix, and 20 passes over the rows.
 */
export function fitWithinLevels(
  kind: 'linear' | 'logistic',
  design: Design,
  response: Float64Array,
  absorbed: Absorbed,
  near?: Float64Array,
): WithinFit {
  const effects = { u: new Float64Array(absorbed.levels), variance: FIRST_VARIANCE };
  let offset = new Float64Array(design.rows);
  let fit = fitBeside(kind, design, response, offset, near);
  for (let round = 0; round < ROUNDS; round++) {
    const own = fit.index.map((value, row) => value - offset[row]!);
    if (kind === 'logistic') logisticLevels(own, response, absorbed, effects);
    else linearLevels(own, response, absorbed, effects);
    offset = Float64Array.from(absorbed.levelOf, (level) => effects.u[level]!);
    fit = fitBeside(kind, design, response, offset, fit.beta);
  }
  const within = withinLevels(design, fit.weight, absorbed);
  const gram = weightedGram(within.x, within.rows, within.columns, fit.weight);
  return {
    design: within,
    model: { ...fit, information: penalisedFactor(gram, within.columns), absorbed },
  };
}

function fitBeside(
  kind: 'linear' | 'logistic',
  design: Design,
  response: Float64Array,
  offset: Float64Array,
  near: Float64Array | undefined,
): NullModel {
  if (kind === 'logistic') return fitLogistic(design, response, near, offset);
  const fit = fitLinear(
    design,
    response.map((value, row) => value - offset[row]!),
  );
  return { ...fit, index: fit.index.map((value, row) => value + offset[row]!) };
}

interface Effects {
  readonly u: Float64Array;
  variance: number;
}

function logisticLevels(
  own: Float64Array,
  response: Float64Array,
  absorbed: Absorbed,
  effects: Effects,
): void {
  const { levelOf, levels } = absorbed;
  for (let step = 0; step < STEPS; step++) {
    const gradient = new Float64Array(levels);
    const information = new Float64Array(levels);
    for (let row = 0; row < own.length; row++) {
      const level = levelOf[row]!;
      const mu = inverseLogit(own[row]! + effects.u[level]!);
      gradient[level]! += response[row]! - mu;
      information[level]! += mu * (1 - mu);
    }
    improve(effects, gradient, information);
  }
}

function linearLevels(own: Float64Array, response: Float64Array, absorbed: Absorbed, effects: Effects): void {
  const { levelOf, levels } = absorbed;
  for (let step = 0; step < STEPS; step++) {
    const gradient = new Float64Array(levels);
    const rows = new Float64Array(levels);
    let squares = 0;
    for (let row = 0; row < own.length; row++) {
      const level = levelOf[row]!;
      const left = response[row]! - own[row]! - effects.u[level]!;
      gradient[level]! += left;
      rows[level]! += 1;
      squares += left * left;
    }
    const noise = squares / Math.max(1, own.length);
    if (!(noise > 0)) return;
    // In units of the noise the first variance means the same in every unit of the response.
    if (step === 0 && effects.variance === FIRST_VARIANCE) effects.variance *= noise;
    improve(
      effects,
      gradient.map((value) => value / noise),
      rows.map((count) => count / noise),
      noise,
    );
  }
}

/** One step of each level under its prior, and what the levels then say of the prior. */
function improve(effects: Effects, gradient: Float64Array, information: Float64Array, unit = 1): void {
  let spread = 0;
  let seen = 0;
  const longest = MAX_STEP * Math.sqrt(unit);
  for (let level = 0; level < gradient.length; level++) {
    if (!(information[level]! > 0)) continue;
    const curvature = information[level]! + 1 / effects.variance;
    const step = (gradient[level]! - effects.u[level]! / effects.variance) / curvature;
    effects.u[level]! += Math.max(-longest, Math.min(longest, step));
    spread += effects.u[level]! ** 2 + 1 / curvature;
    seen += 1;
  }
  if (seen > 0) effects.variance = Math.max(SMALLEST_VARIANCE * unit, spread / seen);
}

/** Each column less its mean of the level, under the weights. */
function withinLevels(design: Design, weight: Float64Array, { levelOf, levels }: Absorbed): Design {
  const { rows, columns, x } = design;
  const sums = new Float64Array(levels * columns);
  const total = new Float64Array(levels);
  for (let row = 0; row < rows; row++) {
    const to = levelOf[row]! * columns;
    const from = row * columns;
    total[levelOf[row]!]! += weight[row]!;
    for (let j = 0; j < columns; j++) sums[to + j]! += weight[row]! * x[from + j]!;
  }
  const inside = new Float64Array(rows * columns);
  for (let row = 0; row < rows; row++) {
    const level = levelOf[row]!;
    const known = total[level]!;
    const from = row * columns;
    for (let j = 0; j < columns; j++) {
      inside[from + j] = x[from + j]! - (known > 0 ? sums[level * columns + j]! / known : 0);
    }
  }
  return { ...design, x: inside };
}
