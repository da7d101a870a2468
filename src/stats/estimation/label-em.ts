import { wholeUnits } from '../compensated.ts';
import { Matrix, inverse } from 'ml-matrix';
import { Z_95 } from '../performance/make-figure.ts';
import type { LabelShares } from './label-shift.ts';

const MAX_ROUNDS = 2_000;
const SETTLED = 1e-9;

/**
 * The labels' shares by maximum likelihood (expectation–maximisation) from calibrated probabilities, if P(x | y) is the
 * baseline's: q_k ← mean over rows of p_k·(q_k/π_k) / Σ_j p_j·(q_j/π_j), from q = π, until nothing moves by 1e-9.
 * Uses how sure each row is where BBSE uses only what was predicted, so it is the sharper of the two, and needs
 * calibrated probabilities (`fitCalibrator`); classes without a baseline label get nothing.
 *
 * Interval from the observed information of the mixture; null where it has no inverse or a share lies at 0.
 * Rows with a probability that is not finite are left out. No rows: `no_rows`. Cost O(rows · classes + rounds · distinct rows · classes).
 * Source: Saerens, Latinne & Decaestecker, Neural Comput. 14 (2002).
 */
export function estimateByEm(
  classes: readonly string[],
  reference: readonly number[],
  probabilities: readonly Float64Array[],
): LabelShares {
  const rows = usableRows(probabilities);
  const said = { classes, reference, method: 'em' as const, conditionNumber: null };
  const refused = { ...said, estimate: null, intervals: null, valid: false };
  if (reference.filter((share) => share > 0).length < 2) return { ...refused, reason: 'one_class' };
  if (rows.length === 0) return { ...refused, reason: 'no_rows' };
  const groups = groupAlike(probabilities, reference, rows);
  const estimate = maximise(groups, reference);
  return { ...said, estimate, intervals: intervals(groups, estimate), valid: true, reason: null };
}

/** Rows whose probabilities agree to 1/4096, counted once with their mean: what that moves is far below any interval. */
interface Groups {
  readonly rows: Float64Array;
  /** Per class, P(x | class) up to a factor that all classes share. */
  readonly likelihoods: readonly Float64Array[];
}

const STEPS = 4096;

function groupAlike(
  probabilities: readonly Float64Array[],
  reference: readonly number[],
  rows: Int32Array,
): Groups {
  // The last class follows from the others.
  const told = probabilities.slice(0, -1);
  const sizes: number[] = [];
  const sums = probabilities.map((): number[] => []);
  const groups = new Map<string | number, number>();
  for (const row of rows) {
    const steps = told.map((of) => Math.round((of[row] ?? 0) * STEPS));
    const key = steps.length === 1 ? (steps[0] ?? 0) : steps.join();
    let group = groups.get(key);
    if (group === undefined) {
      group = groups.size;
      groups.set(key, group);
      sizes.push(0);
      for (const sum of sums) sum.push(0);
    }
    sizes[group] = (sizes[group] ?? 0) + 1;
    for (const [k, sum] of sums.entries())
      sum[group] = (sum[group] ?? 0) + wholeUnits(probabilities[k]?.[row] ?? 0);
  }
  // In an order of their own, since what follows adds them up: that of rows must not show.
  const order = [...groups].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, group]) => group);
  return {
    rows: Float64Array.from(order, (group) => sizes[group] ?? 0),
    likelihoods: reference.map((share, k) =>
      Float64Array.from(order, (group) =>
        share > 0 ? (sums[k]?.[group] ?? 0) / (sizes[group] ?? 1) / share : 0,
      ),
    ),
  };
}

function usableRows(probabilities: readonly Float64Array[]): Int32Array {
  const size = probabilities[0]?.length ?? 0;
  return Int32Array.from({ length: size }, (_, row) => row).filter((row) =>
    probabilities.every((of) => Number.isFinite(of[row])),
  );
}

function maximise({ rows, likelihoods }: Groups, start: readonly number[]): number[] {
  let shares = [...start];
  for (let round = 0; round < MAX_ROUNDS; round++) {
    const sums = shares.map(() => 0);
    for (const [row, size] of rows.entries()) {
      const mixed = mixture(likelihoods, shares, row);
      if (!(mixed > 0)) continue;
      for (const [k, share] of shares.entries()) {
        sums[k] = (sums[k] ?? 0) + (size * share * (likelihoods[k]?.[row] ?? 0)) / mixed;
      }
    }
    const total = sums.reduce((sum, part) => sum + part, 0);
    const next = total > 0 ? sums.map((part) => part / total) : shares;
    const moved = Math.max(...next.map((share, k) => Math.abs(share - (shares[k] ?? 0))));
    shares = next;
    if (moved < SETTLED) break;
  }
  return shares;
}

function mixture(likelihoods: readonly Float64Array[], shares: readonly number[], row: number): number {
  let sum = 0;
  for (const [k, share] of shares.entries()) sum += share * (likelihoods[k]?.[row] ?? 0);
  return sum;
}

/** Information of all shares but the last, which is one minus the others. */
function intervals(
  { rows, likelihoods }: Groups,
  shares: readonly number[],
): (readonly [number, number])[] | null {
  const free = shares.length - 1;
  if (shares.some((share) => share < 1e-6)) return null;
  const information = Matrix.zeros(free, free);
  const slope = new Float64Array(free);
  for (const [row, size] of rows.entries()) {
    const mixed = mixture(likelihoods, shares, row);
    if (!(mixed > 0)) continue;
    const last = likelihoods[free]?.[row] ?? 0;
    for (let k = 0; k < free; k++) slope[k] = ((likelihoods[k]?.[row] ?? 0) - last) / mixed;
    for (let i = 0; i < free; i++) {
      for (let j = 0; j < free; j++) {
        information.set(i, j, information.get(i, j) + size * (slope[i] ?? 0) * (slope[j] ?? 0));
      }
    }
  }
  let covariance: Matrix;
  try {
    covariance = inverse(information);
  } catch {
    // A singular information: two classes the scores cannot tell apart.
    return null;
  }
  const variances = Array.from({ length: free }, (_, k) => covariance.get(k, k));
  variances.push(covariance.sum());
  if (!variances.every((variance) => variance >= 0 && Number.isFinite(variance))) return null;
  return shares.map((share, k) => {
    const half = Z_95 * Math.sqrt(variances[k] ?? 0);
    return [Math.max(0, share - half), Math.min(1, share + half)];
  });
}
