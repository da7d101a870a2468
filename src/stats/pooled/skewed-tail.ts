import { chiSquareSurvival } from '../distributions.ts';
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

function momentsOf(values: readonly number[]): { readonly squares: number; readonly cubes: number } {
  const middle = mean(values);
  return {
    squares: mean(values.map((value) => (value - middle) ** 2)),
    cubes: mean(values.map((value) => (value - middle) ** 3)),
  };
}
