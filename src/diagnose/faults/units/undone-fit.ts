import type { ColumnCells, LevelPair, NumericCells } from '../../samples/row-samples.ts';
import { normalScores, rankCorrelations } from '../rows/rank-correlations.ts';

/** By row, how much likelier it is with the fault undone than as it is: a log-likelihood, of values and relations. */
export function fitsUndone(
  pair: ColumnCells,
  partner: ColumnCells | null,
  columns: readonly ColumnCells[],
): Float64Array | null {
  const byValue = partner === null ? negatedFit(pair) : exchangedFit(pair, partner);
  const byRelation = relationFit(pair, partner, columns);
  if (byValue === null || byRelation === null) return byValue ?? byRelation;
  return byValue.map((fit, row) => fit + (byRelation[row] ?? 0));
}

function negatedFit(pair: ColumnCells): Float64Array | null {
  if (pair.kind !== 'numeric') return null;
  // What has one sign only lost none: it is a scale that was turned round, of which the relations tell.
  if (pair.reference.every((value) => !(value < 0)) && pair.current.every((value) => !(value < 0)))
    return null;
  const density = numericDensity([pair.reference, pair.reference.map((value) => -value)]);
  const own = density(pair.reference);
  return pair.current.map((value) => (Number.isNaN(value) ? 0 : own(-value) - own(value)));
}

function exchangedFit(a: ColumnCells, b: ColumnCells): Float64Array | null {
  if (a.kind === 'numeric' && b.kind === 'numeric') {
    const density = numericDensity([a.reference, b.reference]);
    const [ofA, ofB] = [density(a.reference), density(b.reference)];
    const gain = (value: number, from: typeof ofA, to: typeof ofA): number =>
      Number.isNaN(value) ? 0 : to(value) - from(value);
    return a.current.map((value, row) => gain(value, ofA, ofB) + gain(b.current[row]!, ofB, ofA));
  }
  if (a.kind !== 'levels' || b.kind !== 'levels') return null;
  const [ofA, ofB] = [levelDensity(a), levelDensity(b)];
  return Float64Array.from(a.current, (code, row) => {
    const [one, other] = [a.levels[code], b.levels[b.current[row]!]];
    return (
      (one === undefined ? 0 : ofB(one) - ofA(one)) + (other === undefined ? 0 : ofA(other) - ofB(other))
    );
  });
}

const DENSITY_BINS = 24;

/** Log-shares in bins that hold equally many of all values together. */
function numericDensity(all: readonly Float64Array[]): (values: Float64Array) => (value: number) => number {
  const pooled = Float64Array.from(
    all.flatMap((values) => [...values].filter((value) => !Number.isNaN(value))),
  ).sort();
  const edges = Array.from(
    { length: DENSITY_BINS - 1 },
    (_, k) => pooled[Math.floor(((k + 1) * pooled.length) / DENSITY_BINS)] ?? 0,
  );
  const binOf = (value: number): number => {
    const at = edges.findIndex((edge) => value < edge);
    return at < 0 ? DENSITY_BINS - 1 : at;
  };
  return (values) => {
    const counts = new Float64Array(DENSITY_BINS).fill(0.5);
    for (const value of values) if (!Number.isNaN(value)) counts[binOf(value)]! += 1;
    const total = counts.reduce((sum, count) => sum + count, 0);
    const logs = counts.map((count) => Math.log(count / total));
    return (value) => logs[binOf(value)]!;
  };
}

function levelDensity({ levels, reference }: LevelPair): (level: string) => number {
  const counts = new Map<string, number>();
  for (const code of reference) {
    const level = levels[code];
    if (level !== undefined) counts.set(level, (counts.get(level) ?? 0) + 1);
  }
  return (level) => Math.log(((counts.get(level) ?? 0) + 0.5) / (reference.length + 1));
}

/**
 * With normal scores s and correlations ρ of the reference the likelihood gains about Σ(ρ_bl − ρ_al)(s_a − s_b)s_l when
 * a and b change places, and −2·Σρ_al·s_a·s_l when a changes its sign.
 */
function relationFit(
  pair: ColumnCells,
  partner: ColumnCells | null,
  columns: readonly ColumnCells[],
): Float64Array | null {
  if (pair.kind !== 'numeric' || (partner !== null && partner.kind !== 'numeric')) return null;
  const numeric = columns.filter((column): column is NumericCells => column.kind === 'numeric');
  const z = rankCorrelations(numeric);
  const a = z.indexOf.get(pair.name);
  const b = partner === null ? undefined : z.indexOf.get(partner.name);
  if (a === undefined || (partner !== null && b === undefined)) return null;
  const own = normalScores(pair.current);
  const other = partner === null ? null : normalScores(partner.current);
  const fit = new Float64Array(own.length);
  for (const witness of numeric) {
    const l = z.indexOf.get(witness.name);
    if (l === undefined || l === a || l === b) continue;
    const scores = normalScores(witness.current);
    const ofA = Math.tanh(z.reference[a * z.size + l]!);
    const ofB = b === undefined ? -ofA : Math.tanh(z.reference[b * z.size + l]!);
    for (let row = 0; row < fit.length; row++) {
      fit[row]! += (ofB - ofA) * (own[row]! - (other?.[row] ?? 0)) * scores[row]!;
    }
  }
  return fit;
}

/**
 * Where, in order of time, a column stops going with the others: a row speaks for going together by Σρ_l·s·s_l, on average Σρ_l² while
 * it does and 0 once it does not, so the sum of what is above half of that is largest there.
 */
export function lastLinkedRow(pair: ColumnCells, columns: readonly ColumnCells[], rows: Int32Array): number {
  if (pair.kind !== 'numeric') return 0;
  const numeric = columns.filter((column): column is NumericCells => column.kind === 'numeric');
  const z = rankCorrelations(numeric);
  const a = z.indexOf.get(pair.name);
  if (a === undefined) return 0;
  const own = normalScores(pair.current);
  const fit = new Float64Array(own.length);
  let expected = 0;
  for (const witness of numeric) {
    const l = z.indexOf.get(witness.name);
    if (l === undefined || l === a) continue;
    const rho = Math.tanh(z.reference[a * z.size + l]!);
    const scores = normalScores(witness.current);
    expected += rho * rho;
    for (let row = 0; row < fit.length; row++) fit[row]! += rho * own[row]! * scores[row]!;
  }
  let best = { at: 0, sum: 0 };
  let sum = 0;
  for (const [at, row] of rows.entries()) {
    sum += fit[row]! - expected / 2;
    if (sum > best.sum) best = { at: at + 1, sum };
  }
  return best.at;
}
