import { chiSquareSurvival, normalSurvival } from '../distributions.ts';
import { mean } from '../elementary.ts';
import { studentTwoSided } from './student-tail.ts';

/** Standard errors of a skewness that chance may make: less is none. */
const BY_CHANCE = 1;

/**
 * How rare a deviation is beside others of its kind whose third moment is known: what hours have in common is squared by a measure of width, and rain is
 * mostly none, so that stretches of healthy rows lie far out on one side more often than Student's law has it.
 *
 * Formula: the larger of Student's P(|T| > |t|) and twice the tail of Pearson's law of the third type with mean 0, variance 1 and skewness g:
 * P(Γ(k) > k + √k·|t|), k = 4/g², on the side that g leans to. g is the others' third central moment over `error`³, since chance of their few rows adds nothing to that
 * moment, drawn to zero by its standard error, √(6/K)·(s/error)³. Range (0, 1]. O(K).
 *
 * @param way of the one that is asked, of mean 0
 * @param error its standard error, what sets the others apart in it
 * @param others ways of the K others; fewer than two are none
 * @param occasions how many of them count, where those that follow each other are alike
 * @example besideSkewed(4.5, 1, Array.from({ length: 100 }, (_, i) => Math.log(100 / (i + 0.5)))) // 0.004426393744355292
 */
export function besideSkewed(
  way: number,
  error: number,
  others: readonly number[],
  occasions = others.length,
): number {
  const statistic = way / error;
  const student = studentTwoSided(statistic, occasions - 1);
  const { squares, cubes } = momentsOf(others);
  const chance = BY_CHANCE * Math.sqrt(6 / occasions) * squares ** 1.5;
  const skewness = Math.max(0, Math.abs(cubes) - chance) / error ** 3;
  if (!(skewness > 0) || Math.sign(cubes) !== Math.sign(statistic)) return student;
  const shape = 4 / skewness ** 2;
  const tail = chiSquareSurvival(2 * (shape + Math.sqrt(shape) * Math.abs(statistic)), 2 * shape);
  return Math.max(student, Math.min(1, 2 * tail));
}

/** Standard deviations of the middle that are summed over, and their step. */
const FARTHEST = 8;
const STEP = 0.05;

/**
 * How rare so much more width is where the middle of healthy stretches wanders: a measure of width sees it as its square, and one day in a thousand is eleven times as wide
 * of it as most are.
 *
 * Formula: 2·P(N(0, chance²) + spread·(Z² − 1)/√2 > way), Z standard normal, summed in steps of a twentieth; for a score of width (x² − 1)/√2. Range (0, 1]. O(1).
 *
 * @param way how much wider, in standard deviations of the score
 * @param chance standard error of it if rows are independent
 * @param spread variance of the middle from stretch to stretch, in that of the rows
 * @example besideSquares(0.5, 0.05, 0.1) // 0.009723839032986594
 */
export function besideSquares(way: number, chance: number, spread: number): number {
  let [beyond, all] = [0, 0];
  for (let z = STEP / 2; z < FARTHEST; z += STEP) {
    const weight = Math.exp(-(z ** 2) / 2);
    all += weight;
    beyond += weight * normalSurvival((way - (spread * (z ** 2 - 1)) / Math.SQRT2) / chance);
  }
  return Math.min(1, (2 * beyond) / all);
}

function momentsOf(values: readonly number[]): { readonly squares: number; readonly cubes: number } {
  const middle = mean(values);
  return {
    squares: mean(values.map((value) => (value - middle) ** 2)),
    cubes: mean(values.map((value) => (value - middle) ** 3)),
  };
}
