import { cumulate, exponential, indexIn, normal, student } from './draws.ts';
import { categorical, numeric } from './populations.ts';
import type { NumericPopulation, Population } from './populations.ts';

/** The first feature of the mix, and the one that is shifted where one of fifty is. */
export const SHIFTED_FEATURE = 'normal a';

/**
 * Fifty features such as tables have: 30 of numbers, 20 of levels. Continuous and rounded, skewed and heavy-tailed,
 * counts, lumps at zero, missing values, rare levels, and levels by the thousand.
 */
export const FEATURE_MIX: readonly Population[] = [...numbers(), ...levels()];

function numbers(): Population[] {
  return [
    numeric('normal', SHIFTED_FEATURE, 1, normal),
    numeric('normal', 'normal b', 15, (random) => 100 + 15 * normal(random)),
    numeric('normal', 'normal rounded', 5, (random) => Math.round(5 * normal(random) * 10) / 10),
    numeric('normal', 'normal whole numbers', 12, (random) => Math.round(40 + 12 * normal(random))),
    numeric('normal', 'two humps', Math.sqrt(5), (random) => normal(random) + (random() < 0.5 ? -2 : 2)),
    logNormal('lognormal a', 0.5),
    logNormal('lognormal b', 1),
    logNormal('lognormal c', 1.5),
    numeric('lognormal', 'lognormal to the cent', null, (random) => {
      return Math.round(100 * Math.exp(3 + normal(random))) / 100;
    }),
    numeric('heavy tail', 'student t3', Math.sqrt(3), (random) => student(random, 3)),
    numeric('heavy tail', 'cauchy', null, (random) => student(random, 1)),
    numeric('heavy tail', 'pareto', null, (random) => (1 - random()) ** (-1 / 1.5)),
    numeric('uniform', 'uniform', Math.sqrt(1 / 12), (random) => random()),
    numeric('uniform', 'uniform wide', null, (random) => 1e6 * random()),
    numeric('uniform', 'hour of day', null, (random) => Math.floor(24 * random())),
    numeric('exponential', 'exponential', 1, exponential),
    numeric('exponential', 'gamma 3', Math.sqrt(3), (random) => {
      return exponential(random) + exponential(random) + exponential(random);
    }),
    poisson('poisson 1', 1),
    poisson('poisson 8', 8),
    poisson('poisson 60', 60),
    numeric('counts', 'geometric', null, (random) => Math.floor(exponential(random) * 4)),
    zeroInflated('30 % zero', 0.3),
    zeroInflated('70 % zero', 0.7),
    zeroInflated('93 % zero', 0.93),
    numeric('zero-inflated', 'counts, 60 % zero', null, (random) => {
      return random() < 0.6 ? 0 : 1 + Math.floor(exponential(random) * 3);
    }),
    numeric('missing', 'normal, 3 % missing', 1, normal, 0.03),
    numeric('missing', 'normal, 20 % missing', 1, normal, 0.2),
    numeric('missing', 'lognormal, 10 % missing', null, (random) => Math.exp(normal(random)), 0.1),
    numeric('few values', 'ratings 1 to 5', null, ratings()),
    numeric('few values', 'half-point ratings', null, halfPoints()),
  ];
}

function levels(): Population[] {
  return [
    categorical('binary', 'yes or no', [0.5, 0.5]),
    categorical('binary', '20 % true', [0.8, 0.2]),
    categorical('binary', '7 % true', [0.93, 0.07]),
    categorical('binary', '95 % true', [0.05, 0.95]),
    categorical('few levels', 'four levels', [0.4, 0.3, 0.2, 0.1]),
    categorical('few levels', 'three equal levels', [1, 1, 1]),
    categorical('few levels', 'seven equal levels', [1, 1, 1, 1, 1, 1, 1]),
    categorical('few levels', 'one dominant level', [0.85, 0.08, 0.04, 0.03]),
    categorical('few levels', 'twelve levels', zipf(12, 0.5)),
    categorical('rare levels', 'three rare levels', [0.5, 0.3, 0.18, 0.009, 0.006, 0.005]),
    categorical('rare levels', 'many rare levels', [0.6, 0.3, ...Array.from({ length: 40 }, () => 0.0025)]),
    categorical('rare levels', 'levels near 1 %', [0.5, 0.4, 0.012, 0.011, 0.01, 0.01, 0.009, 0.009]),
    categorical('rare levels', 'very rare levels', [0.7, 0.2995, 0.0003, 0.0002]),
    categorical('many levels', '50 levels', zipf(50, 1)),
    categorical('many levels', '300 levels', zipf(300, 1)),
    categorical('many levels', '3,000 levels', zipf(3000, 1.1)),
    categorical('many levels', '30,000 levels', zipf(30_000, 1)),
    categorical('many levels', '40 equal levels', zipf(40, 0)),
    categorical('missing', 'five levels, 3 % missing', zipf(5, 1), 0.03),
    categorical('missing', 'three levels, 25 % missing', [0.5, 0.3, 0.2], 0.25),
  ];
}

function logNormal(name: string, sigma: number): NumericPopulation {
  const variance = (Math.exp(sigma ** 2) - 1) * Math.exp(sigma ** 2);
  return numeric('lognormal', name, Math.sqrt(variance), (random) => Math.exp(sigma * normal(random)));
}

function poisson(name: string, mean: number): NumericPopulation {
  const weights: number[] = [];
  let weight = Math.exp(-mean);
  for (let k = 0; k < mean + 12 * Math.sqrt(mean) + 10; k++) {
    weights.push(weight);
    weight *= mean / (k + 1);
  }
  const cumulative = cumulate(weights);
  return numeric('counts', name, Math.sqrt(mean), (random) => indexIn(cumulative, random()));
}

function zeroInflated(name: string, zeros: number): NumericPopulation {
  const draw = (random: () => number): number => (random() < zeros ? 0 : Math.exp(2 + normal(random)));
  return numeric('zero-inflated', name, null, draw);
}

function ratings(): (random: () => number) => number {
  const cumulative = cumulate([0.1, 0.05, 0.15, 0.3, 0.4]);
  return (random) => 1 + indexIn(cumulative, random());
}

function halfPoints(): (random: () => number) => number {
  const cumulative = cumulate([1, 1, 2, 3, 4, 6, 8, 6, 3, 2, 1]);
  return (random) => indexIn(cumulative, random()) / 2;
}

/** Weights ∝ 1/rank^exponent. */
function zipf(count: number, exponent: number): number[] {
  return Array.from({ length: count }, (_, i) => (i + 1) ** -exponent);
}
