import type { Course } from './course.ts';
import { MIN_WINDOWS } from './course.ts';
import { fitEpisode } from './episode.ts';
import { independenceOf } from './independence.ts';
import { bic, logLikelihood } from './likelihood.ts';
import { fitRampOnSeason, fitStepOnSeason } from './on-season.ts';
import { bestPeriodic, trySeasons } from './periodic.ts';
import type { PeriodicFit, RepeatingShape, TriedSeason } from './periodic.ts';
import { fitRamp } from './ramp.ts';
import { runningSums } from './running-sums.ts';
import { fitStep } from './step.ts';
import type { ChangeFit, ChangePoint } from './step.ts';

export type CourseShape = 'constant' | 'step' | 'ramp' | 'episode' | 'periodic';

export interface ChosenShape {
  readonly shape: CourseShape;
  /** Null for `constant` and `periodic`. */
  readonly change: ChangePoint | null;
  /** Of a ramp or an episode, in window lengths. */
  readonly end: number | null;
  /** In window lengths; null when nothing repeats. */
  readonly period: number | null;
  /** Weight of the chosen shape among all, by exp(−BIC/2), in [0, 1]. */
  readonly confidence: number;
  readonly windows: number;
}

/**
 * By how much BIC must fall below that of "nothing changed" before there is a shape, and below that of the plain shapes
 * before a change on top of a season is believed. BIC alone counts a change point as one parameter, but the best of
 * many change points, periods and shapes fits noise better than one would. docs/records/statistics.md has what was
 * measured with and without.
 */
const SEARCH_BONUS = 12;

/** How often all shapes are weighed anew for windows that resemble their neighbours. */
const ROUNDS = 4;

export interface Candidate {
  readonly shape: CourseShape;
  readonly criterion: number;
  readonly fit: Partial<ChangeFit>;
  readonly season: RepeatingShape | null;
}

/**
 * What the run looks like: constant, a step, a step that went back, a ramp, something that repeats, or a step or ramp
 * on top of that; the one with the smallest BIC, where nothing but `constant` is believed within `SEARCH_BONUS`.
 *
 * Windows that resemble their neighbours beyond the shape tell less: all is then weighed again with that much less
 * (`independenceOf`). Fewer than 12 windows: null. Equal values throughout: `constant`. Deterministic. O(windows²) for
 * the episodes and periods: 400 windows take some 100 ms.
 *
 * @example chooseShape({ positions: Float64Array.from(Array(14).keys()), values: Float64Array.from(Array(14).keys(), (i) => (i < 6 ? 0 : 9)), weights: new Float64Array(14).fill(1), independence: 1 }).shape // 'step'
 */
export function chooseShape(course: Course): ChosenShape | null {
  const m = course.values.length;
  if (m < MIN_WINDOWS) return null;
  const seasons = seasonsOf(course);
  let { chosen, candidates } = chooseAmong(course, seasons);
  let independence = 1;
  // A shape that fits noise hides how alike neighbours are; the plainer one that remains shows it.
  for (let round = 0; round < ROUNDS && chosen.shape !== 'constant'; round++) {
    const measured = independenceOf(course, chosen);
    if (measured >= independence) break;
    independence = measured;
    ({ chosen, candidates } = chooseAmong({ ...course, independence }, seasons));
  }
  return {
    shape: chosen.shape,
    change: chosen.fit.change ?? null,
    end: chosen.fit.end ?? null,
    period: chosen.season?.period ?? null,
    confidence: weightOf(chosen, candidates),
    windows: m,
  };
}

interface TriedSeasons {
  readonly plain: readonly TriedSeason[];
  /** Under the best step: what repeats under a large one shows only without it. */
  readonly underStep: readonly TriedSeason[];
}

function seasonsOf(course: Course): TriedSeasons {
  const step = fitStep(course);
  return {
    plain: trySeasons(course),
    underStep: step === null ? [] : trySeasons(withoutStep(course, step.change.at)),
  };
}

function chooseAmong(course: Course, tried: TriedSeasons): { chosen: Candidate; candidates: Candidate[] } {
  const m = course.values.length;
  const constant: Candidate = {
    shape: 'constant',
    criterion: bic(logLikelihood(runningSums(course).total, m, course.independence), 1, m) - SEARCH_BONUS,
    fit: {},
    season: null,
  };
  const changes = changesOf(course);
  const candidates = [constant, ...changes, ...repeatsOf(course, tried)];
  const chosen = candidates.reduce((least, each) => (each.criterion < least.criterion ? each : least));
  return { chosen, candidates };
}

function changesOf(course: Course): Candidate[] {
  return [
    changed(course, 'step', fitStep(course), null),
    changed(course, 'episode', fitEpisode(course), null),
    changed(course, 'ramp', fitRamp(course), null),
  ].flat();
}

function changed(
  course: Course,
  shape: CourseShape,
  fit: ChangeFit | null,
  season: RepeatingShape | null,
): Candidate[] {
  if (fit === null) return [];
  const criterion = bic(fit.logLikelihood, fit.parameters, course.values.length);
  return [{ shape, criterion: season === null ? criterion : criterion + SEARCH_BONUS, fit, season }];
}

/** Repetition by itself, and with a change on top. */
function repeatsOf(course: Course, tried: TriedSeasons): Candidate[] {
  const plain = bestPeriodic(course, tried.plain);
  if (plain === null) return [];
  const under = bestPeriodic(course, tried.underStep);
  const seasons = new Map([plain, ...(under === null ? [] : [under])].map((fit) => [seasonKey(fit), fit]));
  return [
    {
      shape: 'periodic' as const,
      criterion: bic(plain.logLikelihood, plain.parameters, course.values.length),
      fit: {},
      season: plain.season,
    },
    ...[...seasons.values()]
      .filter(leavesRoom)
      .flatMap(({ season }) => [
        ...changed(course, 'step', fitStepOnSeason(course, season), season),
        ...changed(course, 'ramp', fitRampOnSeason(course, season), season),
      ]),
  ];

  /** A change on top takes two levels and a moment more; together they may be no more than half the windows. */
  function leavesRoom({ season }: PeriodicFit): boolean {
    return 2 * (season.levels + 3) <= course.values.length;
  }
}

function seasonKey({ season }: PeriodicFit): string {
  return `${season.period}/${season.levels}`;
}

/** Each side less its own mean. */
function withoutStep(course: Course, at: number): Course {
  const first = course.positions[0] ?? 0;
  const sides = [0, 1].map((side) => {
    let sum = 0;
    let weight = 0;
    for (let i = 0; i < course.values.length; i++) {
      if (sideOf(i) !== side) continue;
      sum += (course.weights[i] ?? 0) * (course.values[i] ?? 0);
      weight += course.weights[i] ?? 0;
    }
    return weight > 0 ? sum / weight : 0;
  });
  return { ...course, values: course.values.map((value, i) => value - (sides[sideOf(i)] ?? 0)) };

  function sideOf(i: number): 0 | 1 {
    return (course.positions[i] ?? 0) - first < at ? 0 : 1;
  }
}

function weightOf(chosen: Candidate, all: readonly Candidate[]): number {
  let own = 0;
  let sum = 0;
  for (const { shape, criterion } of all) {
    const weight = Math.exp((chosen.criterion - criterion) / 2);
    sum += weight;
    if (shape === chosen.shape) own += weight;
  }
  return own / sum;
}
