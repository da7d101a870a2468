import { FEATURE_MIX, SHIFTED_FEATURE } from './feature-mix.ts';
import { categorical, sharesOf } from './populations.ts';
import type { CategoricalPopulation, NumericPopulation, Population } from './populations.ts';

/** One feature of the mix, drawn from something else than its reference. */
export interface Change {
  readonly name: string;
  /** Place of the feature in the mix. */
  readonly feature: number;
  readonly population: Population;
}

/** The shift whose detection is promised. */
export const PROMISED_CHANGE = 'mean +0.3 σ';

export const CHANGES: readonly Change[] = [
  ...[0.1, 0.2, 0.3, 0.5, 1].map((size) => meanShift(`mean +${size} σ`, SHIFTED_FEATURE, size)),
  ...[1.1, 1.25, 1.5].map((factor) => scaled(`spread × ${factor}`, SHIFTED_FEATURE, factor)),
  meanShift('mean +0.3 σ, whole numbers', 'normal whole numbers', 0.3),
  meanShift('mean +0.3 σ, two humps', 'two humps', 0.3),
  meanShift('mean +0.3 σ, uniform', 'uniform', 0.3),
  meanShift('mean +0.3 σ, lognormal (σ = 0.5)', 'lognormal a', 0.3),
  meanShift('mean +0.3 σ, student t3', 'student t3', 0.3),
  meanShift('mean +0.3 σ, exponential', 'exponential', 0.3),
  meanShift('mean +0.3 σ, 20 % missing', 'normal, 20 % missing', 0.3),
  ...[0.03, 0.05, 0.1].map((share) => moved('four levels', share)),
  moved('20 % true', 0.05),
  ...[0.02, 0.05].map((share) => unseen('four levels', share)),
];

function find(name: string): { feature: number; population: Population } {
  const feature = FEATURE_MIX.findIndex((population) => population.name === name);
  const population = FEATURE_MIX[feature];
  if (population === undefined) throw new Error(`no feature ${name} in the mix`);
  return { feature, population };
}

function findNumeric(name: string): { feature: number; population: NumericPopulation; sd: number } {
  const { feature, population } = find(name);
  if (population.kind !== 'numeric' || population.sd === null)
    throw new Error(`${name} has no σ to shift by`);
  return { feature, population, sd: population.sd };
}

function findLevels(name: string): { feature: number; population: CategoricalPopulation } {
  const { feature, population } = find(name);
  if (population.kind === 'numeric') throw new Error(`${name} has no levels`);
  return { feature, population };
}

/** Whole numbers move by a whole number on average only: each row is rounded up with the fraction's chance. */
function meanShift(name: string, featureName: string, size: number): Change {
  const { feature, population, sd } = findNumeric(featureName);
  const step = size * sd;
  const whole = featureName.includes('whole');
  const draw: NumericPopulation['draw'] = whole
    ? (random) => population.draw(random) + Math.floor(step + random())
    : (random) => population.draw(random) + step;
  return { name, feature, population: { ...population, draw } };
}

function scaled(name: string, featureName: string, factor: number): Change {
  const { feature, population } = findNumeric(featureName);
  return {
    name,
    feature,
    population: { ...population, draw: (random) => factor * population.draw(random) },
  };
}

/** A share of all rows moves from the most frequent level to the least frequent one. */
function moved(featureName: string, share: number): Change {
  const { feature, population } = findLevels(featureName);
  const shares = sharesOf(population);
  const from = shares.indexOf(Math.max(...shares));
  const to = shares.indexOf(Math.min(...shares));
  const weights = shares.map((weight, i) => weight + (i === to ? share : 0) - (i === from ? share : 0));
  return {
    name: `${100 * share} % of rows change level, ${featureName}`,
    feature,
    population: { ...categorical(population.family, featureName, weights), levels: population.levels },
  };
}

/** A share of rows has a level the reference never had. */
function unseen(featureName: string, share: number): Change {
  const { feature, population } = findLevels(featureName);
  const weights = [...sharesOf(population).map((weight) => weight * (1 - share)), share];
  return {
    name: `${100 * share} % of rows have a new level, ${featureName}`,
    feature,
    population: categorical(population.family, featureName, weights),
  };
}
