import { normalTwoSided } from '../../../stats/distributions.ts';
import { rowsInTime } from '../../../stats/habits/column-habits.ts';
import type { WindowMeasurements } from '../../input.ts';
import { marginalTest } from '../../marginal-test.ts';
import { allRows, drawRows } from '../../samples/picks.ts';
import { referenceRelation } from '../../relation/reference-relation.ts';
import { presentRows, selectCells, selectRows } from '../../samples/row-samples.ts';
import type { LevelPair, RowSamples } from '../../samples/row-samples.ts';
import { SAME_P } from '../../thresholds.ts';
import { asP, asPercent } from '../../wording.ts';
import { suspicion } from '../suspicion.ts';
import type { LabelFault, Suspicion } from '../suspicion.ts';
import { levelCounts } from '../../../core/columns/level-counts.ts';

const MIN_ROWS = 100;
const MAX_REFERENCE_ROWS = 6_000;
const MAX_CLASSES = 5;
/** Points by which the share of labelled rows must have fallen. */
const MIN_FALL = 0.05;
/** Standard errors beyond which something is no chance, and within which two estimates agree. */
const SURE = 5;
const AGREEING = 3.3;
/** In log odds: what the fit of the old relation may be off by. */
const ROUGHLY = 0.15;
const SMALLEST_SHARE = 1e-3;

/**
 * Labels of one class are missing more often than the others'.
 *
 * Two signs that know nothing of each other must say the same. Where a row of class 1 keeps its label with chance r₁ and any
 * other with r₀, the share of labelled rows is r₁·p + r₀·(1 − p) at old probability p of the class: least squares over all rows.
 * And among the labelled rows the odds are r₁/r₀ times the old ones: a step in log odds. Rows that are labelled for what is
 * known of them (only where somebody acted, say) show the first alone, a changed share of classes the second alone.
 * Claimed where both are beyond five standard errors, agree within 3.3, nothing but the step is different among the labelled
 * rows, and labelled rows are no older than the others, or of the last fifth no fewer have a label, so that labels of that class do not just come later. Otherwise, where both
 * point one way, it is a reading.
 */
export function labelsLost(
  samples: RowSamples,
  compared: WindowMeasurements,
  unevenP: number,
): LabelFault | null {
  const { label } = samples;
  if (label?.kind !== 'levels') return null;
  const shares = labelledShares(compared, label);
  if (shares.reference - shares.current < MIN_FALL) return null;
  const labelled = presentRows(label.current);
  const unlabelled = label.current.length - labelled.length;
  if (Math.min(labelled.length, unlabelled) < MIN_ROWS) return null;
  const losses = classesOf(label).map((code) => lossOf(samples, label, code, shares.current));
  const known = losses.filter((loss) => loss !== null);
  const [clearest] = known.sort((a, b) => Math.abs(zOf(b)) - Math.abs(zOf(a)));
  if (clearest === undefined) return null;
  const isOneWay = Math.sign(clearest.slope.value) === Math.sign(clearest.step.value);
  if (!isOneWay || Math.abs(zOf(clearest)) < SURE) return null;
  if (Math.abs(clearest.step.value) < AGREEING * clearest.step.error) return null;
  return { suspicion: suspicionOf(samples, label, clearest, { ...shares, unevenP }), repaired: null };
}

/** Of all rows of both sides where they were counted; samples may hold labelled rows first. */
function labelledShares(
  { performance, reference }: WindowMeasurements,
  label: LevelPair,
): { reference: number; current: number } {
  const before = presentRows(label.reference).length;
  const now = presentRows(label.current).length;
  const counted = performance?.labelled;
  // Rows are counted there that have a prediction as well.
  const isCounted = counted !== undefined && counted.current >= now && counted.reference >= before;
  return isCounted
    ? { reference: Math.min(1, counted.reference / Math.max(1, reference.rows)), current: counted.share }
    : {
        reference: before / Math.max(1, label.reference.length),
        current: now / Math.max(1, label.current.length),
      };
}

/** One class of two says what the other would. */
function classesOf({ levels, reference }: LevelPair): number[] {
  const counts = levelCounts(reference, levels.length);
  const classes = [...counts.keys()].filter((code) => counts[code]! > 0);
  return classes.length === 2 ? classes.slice(0, 1) : classes.slice(0, MAX_CLASSES);
}

interface Estimate {
  readonly value: number;
  readonly error: number;
}

interface Loss {
  readonly code: number;
  /** Chance of keeping the label, of the class and of the others. */
  readonly kept: readonly [number, number];
  /** r₁ − r₀, from where labelled rows lie. */
  readonly slope: Estimate;
  /** ln(r₁/r₀), from the same. */
  readonly ratio: Estimate;
  /** ln(r₁/r₀), from the labels themselves. */
  readonly step: Estimate;
}

const zOf = ({ slope }: Loss): number => slope.value / slope.error;

function lossOf(samples: RowSamples, label: LevelPair, code: number, share: number): Loss | null {
  const known = drawRows(presentRows(label.reference), MAX_REFERENCE_ROWS);
  const some = selectRows(samples, known, allRows(samples.rows.current));
  const response = Float64Array.from([...selectCells(label.reference, known), ...label.current], (each) =>
    Number(each === code),
  );
  const relation = referenceRelation('classification', some, response);
  if (relation === null) return null;
  const p = relation.expected.subarray(known.length);
  const kept = keptShares(p, label.current, share);
  const step = stepOf(p, label.current, code);
  return kept === null || step === null ? null : { code, step, ...kept };
}

/** Least squares of "has a label" on p and 1 − p; unlabelled rows weigh as much as there are of them in the window. */
function keptShares(
  p: Float64Array,
  codes: Int32Array,
  share: number,
): Pick<Loss, 'kept' | 'slope' | 'ratio'> | null {
  const labelled = codes.reduce((sum, code) => (code < 0 ? sum : sum + 1), 0);
  const weight = (labelled / Math.max(1, codes.length - labelled)) * ((1 - share) / Math.max(1e-9, share));
  let [aa, ab, bb, ay, by] = [0, 0, 0, 0, 0];
  for (let row = 0; row < p.length; row++) {
    const [a, b] = [p[row]!, 1 - p[row]!];
    const w = codes[row]! < 0 ? weight : 1;
    aa += w * a * a;
    ab += w * a * b;
    bb += w * b * b;
    if (codes[row]! < 0) continue;
    ay += a;
    by += b;
  }
  const det = aa * bb - ab * ab;
  if (!(det > 1e-9 * aa * bb)) return null;
  const own = (bb * ay - ab * by) / det;
  const others = (aa * by - ab * ay) / det;
  // Sandwich variance of both shares.
  let [vaa, vab, vbb] = [0, 0, 0];
  for (let row = 0; row < p.length; row++) {
    const [a, b] = [p[row]!, 1 - p[row]!];
    const w = codes[row]! < 0 ? weight : 1;
    const left = w * (Number(codes[row]! >= 0) - own * a - others * b);
    const [ia, ib] = [(bb * a - ab * b) / det, (aa * b - ab * a) / det];
    vaa += (left * ia) ** 2;
    vab += left * ia * left * ib;
    vbb += (left * ib) ** 2;
  }
  const [r1, r0] = [Math.max(SMALLEST_SHARE, own), Math.max(SMALLEST_SHARE, others)];
  return {
    kept: [own, others],
    slope: { value: own - others, error: Math.sqrt(vaa + vbb - 2 * vab) },
    ratio: {
      value: Math.log(r1 / r0),
      error: Math.sqrt(vaa / r1 ** 2 + vbb / r0 ** 2 - (2 * vab) / (r1 * r0)),
    },
  };
}

/** By how much the log odds of the class are above the old ones among labelled rows: Newton on the one step. */
function stepOf(p: Float64Array, codes: Int32Array, code: number): Estimate | null {
  const rows = presentRows(codes);
  let value = 0;
  let information = 0;
  for (let turn = 0; turn < 20; turn++) {
    let gradient = 0;
    information = 0;
    for (const row of rows) {
      const odds = Math.exp(value) * (p[row]! / Math.max(1e-12, 1 - p[row]!));
      const mu = odds / (1 + odds);
      gradient += Number(codes[row] === code) - mu;
      information += mu * (1 - mu);
    }
    if (!(information > 0)) return null;
    value += Math.max(-1, Math.min(1, gradient / information));
  }
  return { value, error: 1 / Math.sqrt(information) };
}

function suspicionOf(
  samples: RowSamples,
  label: LevelPair,
  { code, kept, slope, ratio, step }: Loss,
  { reference, current, unevenP }: { reference: number; current: number; unevenP: number },
): Suspicion {
  const isLess = slope.value < 0;
  const name = label.levels[code] ?? '';
  const [own, others] = kept.map((each) => asPercent(Math.max(0, Math.min(1, each))));
  const isAgreed =
    Math.abs(ratio.value - step.value) <= Math.max(ROUGHLY, AGREEING * Math.hypot(ratio.error, step.error));
  const isSure = Math.abs(step.value) >= SURE * step.error && unevenP > SAME_P;
  const ageP = ageTest(samples, label);
  const isClaimed = isAgreed && isSure && ageP !== null && (ageP > SAME_P || !comeLater(samples, label));
  const told =
    `${asPercent(current)} of the rows have a label, before ${asPercent(reference)}, and ${isLess ? 'fewer' : 'more'} of class ${name} (${own}) than of others (${others}); ` +
    `among labelled rows its odds are ${Math.exp(step.value).toFixed(2)} times the old ones, where the share of labelled rows alone says ${Math.exp(ratio.value).toFixed(2)}`;
  const age =
    ageP !== null && ageP > SAME_P
      ? `labelled rows are as old as the others (${asP(ageP)})`
      : 'of the youngest rows no fewer have one';
  const refused = `; rows chosen for what is known of them would have left the odds, a changed share of classes the share of labelled rows, and ${age}`;
  return suspicion('labels_lost', label.name, {
    detail: isClaimed ? told + refused : told,
    share: Math.max(0, reference - current),
    statistic: slope.value / slope.error,
    p: normalTwoSided(slope.value / slope.error),
    doubt: isClaimed
      ? normalTwoSided(Math.min(Math.abs(slope.value / slope.error), Math.abs(step.value / step.error)))
      : 1,
    ...(!isClaimed && {
      otherwise: `labels of class ${name} come ${isLess ? 'later or for other rows' : 'sooner or for other rows'}`,
    }),
  });
}

/** Labels that come later are missing where rows are young: of the last fifth in time fewer have one than of all. */
function comeLater({ currentMs }: RowSamples, { current }: LevelPair): boolean {
  if (currentMs === null) return true;
  const rows = rowsInTime(currentMs);
  const shareOf = (some: Int32Array): number =>
    some.filter((row) => current[row]! >= 0).length / Math.max(1, some.length);
  return shareOf(rows.subarray(Math.floor(0.8 * rows.length))) < shareOf(rows);
}

/** Do labelled rows have other times than those without a label? Null without times. */
function ageTest({ currentMs }: RowSamples, label: LevelPair): number | null {
  if (currentMs === null) return null;
  const rows = allRows(label.current.length);
  const reference = selectCells(
    currentMs,
    rows.filter((row) => label.current[row]! >= 0),
  );
  const current = selectCells(
    currentMs,
    rows.filter((row) => label.current[row]! < 0),
  );
  return marginalTest({ kind: 'numeric', name: 'time', reference, current }).p;
}
