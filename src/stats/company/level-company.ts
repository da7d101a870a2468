import { logGamma } from '../special/log-gamma.ts';
import type { AxisRows, LevelPoint, LevelSpace } from './level-space.ts';

/** Levels on both sides with fewer rows say little about how levels wander from one side to the other. */
const MIN_WANDERING_ROWS = 20;
const MIN_WANDERING_LEVELS = 3;

/** Rows, and which level each has. */
export interface LevelRows {
  readonly rows: AxisRows;
  readonly codes: Int32Array;
}

/** How levels moved that stayed, by dimension: together, and each by itself. */
export interface Drift {
  readonly shift: Float64Array;
  /** Variance of a level's own way, and of what is not known of the common shift. */
  readonly variance: Float64Array;
}

/**
 * What the other columns say about levels: how well rows fit a level of the reference, and how well just any level.
 *
 * A level's true mean is drawn from N(μ, τ²) along each dimension; given its rows in the reference it is known up to
 * τ²/(rows·τ² + 1). Rows of now fit a level by the density of their mean under that, the population by the density of
 * Student's t over levels, mixed half and half with the levels there are: where many levels have one and the same
 * company (two kinds of customers, say) resembling one of them is no wonder.
 */
export class LevelCompany {
  readonly levels: number;
  private readonly space: LevelSpace;
  private readonly rows: AxisRows;
  private readonly codes: Int32Array;
  private readonly dimensions: readonly number[];
  private readonly now: readonly (LevelPoint | null)[];
  private readonly overall: Float64Array;

  private readonly before: LevelRows;

  /** @param before the rows that the space is made of */
  constructor(space: LevelSpace, rows: AxisRows, codes: Int32Array, before: LevelRows) {
    this.space = space;
    this.rows = rows;
    this.codes = codes;
    this.before = before;
    this.dimensions = [...space.between.keys()].filter((k) => space.between[k]! > 0);
    this.levels = space.reference.reduce((sum, point) => (point === null ? sum : sum + 1), 0);
    this.now = space.place(rows, codes);
    const average = mean(space.reference, space.dimensions);
    this.overall = mean(this.now, space.dimensions).map((value, k) => value - average[k]!);
  }

  /** The same with some of the current rows. */
  with(some: Int32Array): LevelCompany {
    const { axes, values } = this.rows;
    const taken = new Float64Array(some.length * axes);
    for (const [at, row] of some.entries())
      taken.set(values.subarray(row * axes, (row + 1) * axes), at * axes);
    return new LevelCompany(
      this.space,
      { axes, values: taken },
      Int32Array.from(some, (row) => this.codes[row]!),
      this.before,
    );
  }

  /** The current rows of a level; null where there are none to speak of. */
  rowsOf(code: number): LevelPoint | null {
    return this.now[code] ?? null;
  }

  /** @param without levels that are looked at, and may not say themselves how levels wander */
  drift(without: ReadonlySet<number>): Drift {
    const codes = this.space.reference.map((_, code) => code).filter((code) => !without.has(code));
    return this.driftOf(codes.map((code) => [code, code]));
  }

  /** How levels wandered if these are the same, before and now; of none, all of them together. */
  driftOf(pairs: readonly (readonly [number, number])[]): Drift {
    const stayed = pairs.flatMap(([old, code]) => {
      const [before, now] = [this.space.reference[old] ?? null, this.now[code] ?? null];
      const isEnough =
        before !== null && now !== null && Math.min(before.rows, now.rows) >= MIN_WANDERING_ROWS;
      return isEnough ? [{ before, now, noise: 1 / before.rows + 1 / now.rows }] : [];
    });
    const { dimensions } = this.space;
    if (stayed.length === 0) return { shift: this.overall, variance: new Float64Array(dimensions) };
    const shift = new Float64Array(dimensions);
    const variance = new Float64Array(dimensions);
    const weight = stayed.reduce((sum, { noise }) => sum + 1 / noise, 0);
    for (let k = 0; k < dimensions; k++) {
      const moved = stayed.map(({ before, now }) => now.mean[k]! - before.mean[k]!);
      shift[k] = moved.reduce((sum, by, i) => sum + by / stayed[i]!.noise, 0) / weight;
      const enough = stayed.length >= MIN_WANDERING_LEVELS;
      const excess = moved.reduce((sum, by, i) => sum + (by - shift[k]!) ** 2 - stayed[i]!.noise, 0);
      const wander = enough ? Math.max(0, excess / (stayed.length - 1)) : 0;
      variance[k] = wander * (1 + 1 / stayed.length) + 1 / weight;
    }
    return { shift, variance };
  }

  /** ln density of these rows' mean if they are of that level; null where the reference hardly has it. */
  logAs(code: number, rows: LevelPoint, drift: Drift): number | null {
    const level = this.space.reference[code] ?? null;
    if (level === null) return null;
    let log = 0;
    for (const k of this.dimensions) {
      const tau2 = this.space.between[k]!;
      const shrink = tau2 / (tau2 + 1 / level.rows);
      const variance = shrink / level.rows + 1 / rows.rows + drift.variance[k]!;
      log += logNormal(rows.mean[k]! - drift.shift[k]! - shrink * level.mean[k]!, variance);
    }
    return log;
  }

  /** ln density if they are of any level, known or not, but for the one left out. */
  logOfAny(rows: LevelPoint, drift: Drift, without: number): number {
    const df = Math.max(1, this.levels - 1);
    let population = 0;
    for (const k of this.dimensions) {
      const variance = this.space.between[k]! * (1 + 1 / this.levels) + 1 / rows.rows + drift.variance[k]!;
      population += logStudent(rows.mean[k]! - drift.shift[k]!, variance, df);
    }
    const others = this.space.reference.flatMap((point, code) => {
      const log = point === null || code === without ? null : this.logAs(code, rows, drift);
      return log === null ? [] : [log];
    });
    if (others.length === 0) return population;
    return logMean([population, logMean(others)]);
  }

  /** ln of how much likelier these rows are that level's than any level's. */
  likeness(code: number, rows: LevelPoint, drift: Drift): number | null {
    const log = this.logAs(code, rows, drift);
    return log === null ? null : log - this.logOfAny(rows, drift, code);
  }

  /**
   * How far the difference of two levels turned round, as a multiple of what it was and with its standard error: 1 where they
   * differ as before, 0 where they no longer do, −1 where each is as the other was. Null where they never differed.
   */
  turned(a: number, b: number): { factor: number; error: number } | null {
    const [before, now] = [
      [this.space.reference[a] ?? null, this.space.reference[b] ?? null],
      [this.rowsOf(a), this.rowsOf(b)],
    ] as const;
    if (before[0] === null || before[1] === null || now[0] === null || now[1] === null) return null;
    let [squares, along] = [0, 0];
    for (const k of this.dimensions) {
      const difference = before[0].mean[k]! - before[1].mean[k]!;
      squares += difference ** 2;
      along += difference * (now[0].mean[k]! - now[1].mean[k]!);
    }
    const noise = (pair: readonly [LevelPoint, LevelPoint]): number => 1 / pair[0].rows + 1 / pair[1].rows;
    // Its own square is the larger for the scatter of the reference.
    const noiseBefore = noise([before[0], before[1]]);
    const true2 = squares - noiseBefore * this.dimensions.length;
    if (true2 <= 0) return null;
    const factor = along / true2;
    const error = Math.sqrt((noise([now[0], now[1]]) + factor ** 2 * noiseBefore) / true2);
    return { factor, error };
  }

  /**
   * Whether the rows of each of two levels lie where the other's lay, within `near` of how far these are apart, and every other level at least twice as far from there as that.
   */
  tookPlaces(a: number, b: number, near: number): boolean {
    const { reference } = this.space;
    const distance = (one: LevelPoint | null, other: LevelPoint | null): number =>
      one === null || other === null
        ? Infinity
        : Math.sqrt(this.dimensions.reduce((sum, k) => sum + (one.mean[k]! - other.mean[k]!) ** 2, 0));
    const apart = distance(reference[a] ?? null, reference[b] ?? null);
    return [
      [a, b],
      [b, a],
    ].every(([of, to]) => {
      const away = distance(this.rowsOf(of!), reference[to!] ?? null);
      const isAlone = reference.every(
        (level, code) => code === to || distance(this.rowsOf(of!), level) >= 2 * away,
      );
      return away <= near * apart && isAlone;
    });
  }

  /**
   * Where each row of either level lies along the difference that the two had: their means differ by 1 in the reference, and by `turned`'s
   * factor now. NaN for rows of other levels. Null where they never differed.
   */
  along(a: number, b: number): { readonly current: Float64Array; readonly reference: Float64Array } | null {
    const [ofA, ofB] = [this.space.reference[a] ?? null, this.space.reference[b] ?? null];
    if (ofA === null || ofB === null) return null;
    const apart = new Float64Array(this.space.dimensions);
    for (const k of this.dimensions) apart[k] = ofA.mean[k]! - ofB.mean[k]!;
    const noise = (1 / ofA.rows + 1 / ofB.rows) * this.dimensions.length;
    const true2 = apart.reduce((sum, value) => sum + value ** 2, 0) - noise;
    if (true2 <= 0) return null;
    const placed = ({ rows: { axes, values }, codes }: LevelRows): Float64Array =>
      Float64Array.from(codes, (code, row) => {
        if (code !== a && code !== b) return Number.NaN;
        const place = this.space.locate(values.subarray(row * axes, (row + 1) * axes));
        return place.reduce((sum, value, k) => sum + value * apart[k]!, 0) / true2;
      });
    return { current: placed({ rows: this.rows, codes: this.codes }), reference: placed(this.before) };
  }

  /** The level of each row, now and before. */
  get levelsOfRows(): { readonly current: Int32Array; readonly reference: Int32Array } {
    return { current: this.codes, reference: this.before.codes };
  }

  /**
   * The first of these rows, in their order, from which on rows of either level look most like those of the other: where the
   * sum of ln (density as the other's / density as its own) over the rest is largest.
   */
  turnedFrom(a: number, b: number, rows: Int32Array): number {
    const [ofA, ofB] = [this.space.reference[a] ?? null, this.space.reference[b] ?? null];
    if (ofA === null || ofB === null) return 0;
    const { shift } = this.drift(new Set([a, b]));
    const { axes, values } = this.rows;
    let best = { sum: 0, at: 0 };
    let sum = 0;
    for (let at = rows.length - 1; at >= 0; at--) {
      const row = rows[at]!;
      const code = this.codes[row]!;
      if (code !== a && code !== b) continue;
      const place = this.space.locate(values.subarray(row * axes, (row + 1) * axes));
      let towardsA = 0;
      for (const k of this.dimensions) {
        const middle = (ofA.mean[k]! + ofB.mean[k]!) / 2 + shift[k]!;
        towardsA += (ofA.mean[k]! - ofB.mean[k]!) * (place[k]! - middle);
      }
      sum += code === a ? -towardsA : towardsA;
      if (sum > best.sum) best = { sum, at };
    }
    return best.at;
  }
}

function mean(points: readonly (LevelPoint | null)[], dimensions: number): Float64Array {
  const sum = new Float64Array(dimensions);
  let rows = 0;
  for (const point of points) {
    if (point === null) continue;
    rows += point.rows;
    for (let k = 0; k < dimensions; k++) sum[k]! += point.rows * point.mean[k]!;
  }
  return sum.map((value) => value / Math.max(1, rows));
}

function logNormal(difference: number, variance: number): number {
  return -0.5 * (Math.log(2 * Math.PI * variance) + difference ** 2 / variance);
}

function logStudent(difference: number, scale2: number, df: number): number {
  return (
    logGamma((df + 1) / 2) -
    logGamma(df / 2) -
    0.5 * Math.log(df * Math.PI * scale2) -
    ((df + 1) / 2) * Math.log1p(difference ** 2 / (df * scale2))
  );
}

function logMean(logs: readonly number[]): number {
  const most = logs.reduce((a, b) => Math.max(a, b), -Infinity);
  if (most === -Infinity) return -Infinity;
  return most + Math.log(logs.reduce((sum, log) => sum + Math.exp(log - most), 0) / logs.length);
}
