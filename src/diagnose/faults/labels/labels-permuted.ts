import { pooledCodes } from '../../pooled.ts';
import { conceptTest } from '../../relation/concept-test.ts';
import type { ConceptTest } from '../../relation/concept-test.ts';
import { referenceRelation } from '../../relation/reference-relation.ts';
import { allRows, drawOfAll } from '../../samples/picks.ts';
import { selectCells, selectRows } from '../../samples/row-samples.ts';
import type { LevelPair, RowSamples } from '../../samples/row-samples.ts';
import { SAME_P, SUSPICIOUS } from '../../thresholds.ts';
import { asP } from '../../wording.ts';
import { mean, sampleVariance } from '../../../stats/elementary.ts';
import { rowsInTime } from '../../../stats/habits/column-habits.ts';
import { suspicion } from '../suspicion.ts';
import type { LabelFault, Suspicion } from '../suspicion.ts';
import {
  BROKEN,
  columnsThatTell,
  MAX_REFERENCE_ROWS,
  MIN_WITNESSES,
  NEARLY_SAME_P,
} from './labels-inverted.ts';
import { levelCounts } from '../../../core/columns/level-counts.ts';

/** All orders of more classes are not tried, and nobody would believe one. */
const MAX_CLASSES = 6;
const MIN_CLASS_ROWS = 30;
const SMALLEST_P = 1e-4;

/**
 * The names of three to six classes were exchanged among themselves: an encoder that was fitted anew, a code off by one.
 *
 * The reference's relation gives each row a probability of each class. Of all ways to exchange the classes the one with the largest
 * Σ ln p(class it would have been) is tried: as the labels stand the relation is broken (p < 1e-6), named as before it must be the
 * old one. Claimed where it is beyond doubt (p > 1e-3), the rows of each exchanged name speak for the other one, and at least two columns told each pair of exchanged classes apart in the
 * reference: the world would have had to turn each of them round. Otherwise, from p > 1e-6 on, a reading. Of a window that was right at first
 * the two classes are tried that are likeliest to be exchanged from some moment on. Cost O(classes!) sums,
 * and three tests of the relation at most.
 */
export function labelsPermuted(labelled: RowSamples, asIs: ConceptTest): LabelFault | null {
  const { label } = labelled;
  if (label?.kind !== 'levels' || asIs.p >= SUSPICIOUS) return null;
  const counts = levelCounts(label.reference, label.levels.length);
  const classes = [...counts.keys()].filter((code) => counts[code]! >= MIN_CLASS_ROWS);
  if (classes.length < 3 || classes.length > MAX_CLASSES) return null;
  if (label.current.some((code) => !classes.includes(code))) return null;
  const likelihoods = likelihoodsOf(labelled, label, classes);
  if (likelihoods === null) return null;
  // What is exchanged in half of the window leaves the whole of it nearly as it was: there the likelihood says whether anything is.
  const whole = asIs.p < BROKEN ? inAllRows(likelihoods) : null;
  let best: { readonly fault: LabelFault; readonly undoneP: number } | null = null;
  // Exchanged from some moment on, all rows named as before are nearly the old ones; the rows from there on are.
  for (const propose of [() => whole, () => inStretch(labelled, likelihoods)]) {
    const found = propose();
    if (found === null) continue;
    const { meant, zone } = found;
    const nameOfCode = new Map(classes.map((code, at) => [code, classes[meant[at]!]!]));
    const repaired = named(labelled, label, nameOfCode, zone?.rows ?? allRows(labelled.rows.current));
    const undone = conceptTest('classification', repaired);
    if (undone.p <= Math.max(NEARLY_SAME_P, best?.undoneP ?? 0)) continue;
    const least = leastOfEach(likelihoods, found);
    if (least < -SPEAKS) continue;
    const suspected = suspicionOf({ labelled, label, classes }, found, {
      asIs,
      undone,
      doEachSpeak: least > SPEAKS,
    });
    best = { fault: { suspicion: suspected, repaired }, undoneP: undone.p };
    if (suspected.otherwise === undefined) break;
  }
  return best?.fault ?? null;
}

function suspicionOf(
  {
    labelled,
    label,
    classes,
  }: { readonly labelled: RowSamples; readonly label: LevelPair; readonly classes: readonly number[] },
  { meant, zone }: Exchanged,
  {
    asIs,
    undone,
    doEachSpeak,
  }: { readonly asIs: ConceptTest; readonly undone: ConceptTest; readonly doEachSpeak: boolean },
): Suspicion {
  const exchanged = exchangedIn(meant);
  const witnesses = Math.min(
    ...exchanged.map((at) => columnsThatTell(labelled, label, [classes[at]!, classes[meant[at]!]!])),
  );
  const isClaimed = undone.p > SAME_P && witnesses >= MIN_WITNESSES && doEachSpeak;
  const nameOf = (at: number): string => label.levels[classes[at]!] ?? '';
  const looked = zone === null ? label.current : selectCells(label.current, zone.rows);
  const rows = exchanged.reduce((sum, at) => sum + looked.filter((code) => code === classes[at]).length, 0);
  const where =
    zone === null
      ? ''
      : ` from ${new Date(zone.sinceMs).toISOString().slice(0, 16).replace('T', ' ')} UTC on`;
  const told = `the labels are exchanged${where}: ${exchanged.map((at) => `${nameOf(at)} stands for ${nameOf(meant[at]!)}`).join(', ')}; named as before, the relation to the features is the old one (${asP(undone.p)}, as they are ${asP(asIs.p)})`;
  const refused = `; a changed world would have had to turn ${witnesses} columns round, each to its old size`;
  const found = suspicion('labels_inverted', label.name, {
    detail: isClaimed ? told + refused : told,
    share: rows / Math.max(1, label.current.length),
    statistic: asIs.blocks[0]?.statistic ?? 0,
    p: asIs.p,
    doubt: isClaimed ? BROKEN / undone.p : 1,
    ...(!isClaimed && { otherwise: 'the same inputs now lead to other labels' }),
  });
  return zone === null
    ? found
    : { ...found, finding: { ...found.finding, since: new Date(zone.sinceMs).toISOString() } };
}

/** ln p of each class, by place, of some current rows, and the place of the class each was given. */
interface Likelihoods {
  readonly rows: Int32Array;
  readonly given: Int32Array;
  readonly logs: readonly Float64Array[];
}

/** Null: no relation. */
function likelihoodsOf(
  labelled: RowSamples,
  label: LevelPair,
  classes: readonly number[],
): Likelihoods | null {
  const before = drawOfAll(labelled.rows.reference, MAX_REFERENCE_ROWS);
  const rows = drawOfAll(labelled.rows.current, MAX_REFERENCE_ROWS);
  const some = selectRows(labelled, before, rows);
  const codes = pooledCodes({
    ...label,
    reference: selectCells(label.reference, before),
    current: selectCells(label.current, rows),
  });
  const chances: Float64Array[] = [];
  for (const tried of classes) {
    const relation = referenceRelation(
      'classification',
      some,
      Float64Array.from(codes, (code) => Number(code === tried)),
    );
    if (relation === null) return null;
    chances.push(relation.expected.subarray(before.length));
  }
  const all = Float64Array.from(rows, (_, row) => chances.reduce((sum, chance) => sum + chance[row]!, 0));
  return {
    rows,
    given: Int32Array.from(codes.subarray(before.length), (code) => classes.indexOf(code)),
    logs: chances.map((chance) => chance.map((p, row) => Math.log(Math.max(SMALLEST_P, p / all[row]!)))),
  };
}

interface Exchanged {
  /** By place of the class that was given the place of the one that was meant. */
  readonly meant: readonly number[];
  /** Null: all rows. */
  readonly zone: { readonly rows: Int32Array; readonly sinceMs: number } | null;
}

const exchangedIn = (meant: readonly number[]): number[] =>
  [...meant.keys()].filter((at) => meant[at] !== at);

/** Standard errors beyond which the rows of one name are likelier to be what another one meant, or what they are called. */
const SPEAKS = 2;

/**
 * How surely the rows that bear each of the exchanged names are likelier those of the other, in standard errors; of the name that says it least. Where some of one class are called
 * another from now on, as a help desk may decide, those that are left are what they are called, and only the new ones among the others are not.
 */
function leastOfEach({ rows, given, logs }: Likelihoods, { meant, zone }: Exchanged): number {
  const inside = zone === null ? null : new Set(zone.rows);
  const each = exchangedIn(meant).map((at) => {
    const gains = [...rows.keys()].flatMap((place) =>
      given[place] === at && (inside?.has(rows[place]!) ?? true)
        ? [logs[meant[at]!]![place]! - logs[at]![place]!]
        : [],
    );
    const error = Math.sqrt(sampleVariance(gains) / gains.length);
    return gains.length < 2 || !(error > 0) ? 0 : mean(gains) / error;
  });
  return Math.min(...each);
}

/** By the likeliest of all ways to exchange the classes in all rows. */
function inAllRows({ given, logs }: Likelihoods): Exchanged | null {
  const sums = logs.map(() => logs.map(() => 0));
  for (const [row, at] of given.entries())
    for (const [meant, log] of logs.entries()) if (at >= 0) sums[at]![meant]! += log[row]!;
  const meant = likeliest(sums);
  return meant.every((to, at) => to === at) ? null : { meant, zone: null };
}

/** So many rows, and so much likelier in all (in ln), for a stretch to be thought of. */
const MIN_STRETCH_ROWS = 100;
const MIN_GAIN = 20;

/** By the two classes that are likeliest to be exchanged from some moment on: an encoder is replaced during the day. */
function inStretch({ currentMs }: RowSamples, { rows, given, logs }: Likelihoods): Exchanged | null {
  const inTime = rowsInTime(currentMs);
  const placeOf = new Map(Array.from(rows, (row, place) => [row, place]));
  const order = inTime.filter((row) => placeOf.has(row));
  if (currentMs === null || order.length < 2 * MIN_STRETCH_ROWS) return null;
  let best: { readonly gain: number; readonly meant: readonly number[]; readonly from: number } | null = null;
  for (const [one, other] of pairsOf(logs.length)) {
    const meant = [...logs.keys()].map((at) => (at === one ? other : at === other ? one : at));
    let gain = 0;
    for (let at = order.length - 1; at >= 0; at--) {
      const place = placeOf.get(order[at]!)!;
      const was = given[place]!;
      if (was >= 0) gain += logs[meant[was]!]![place]! - logs[was]![place]!;
      if (order.length - at >= MIN_STRETCH_ROWS && gain > (best?.gain ?? MIN_GAIN))
        best = { gain, meant, from: at };
    }
  }
  if (best === null) return null;
  const sinceMs = currentMs[order[best.from]!]!;
  return { meant: best.meant, zone: { rows: inTime.filter((row) => currentMs[row]! >= sinceMs), sinceMs } };
}

function pairsOf(count: number): [number, number][] {
  return Array.from({ length: count }, (_, i) =>
    Array.from({ length: count - i - 1 }, (__, j): [number, number] => [i, i + 1 + j]),
  ).flat();
}

/** The one-to-one choice with the largest sum, by place; of equal ones the first. */
function likeliest(sums: readonly (readonly number[])[]): number[] {
  let best: { readonly sum: number; readonly chosen: readonly number[] } = { sum: -Infinity, chosen: [] };
  const choose = (chosen: readonly number[], sum: number): void => {
    const next = sums[chosen.length];
    if (next === undefined) {
      if (sum > best.sum) best = { sum, chosen };
      return;
    }
    for (const [meant, value] of next.entries())
      if (!chosen.includes(meant)) choose([...chosen, meant], sum + value);
  };
  choose([], 0);
  return [...best.chosen];
}

function named(
  labelled: RowSamples,
  label: LevelPair,
  meant: ReadonlyMap<number, number>,
  rows: Int32Array,
): RowSamples {
  const current = Int32Array.from(label.current);
  for (const row of rows) current[row] = meant.get(current[row]!) ?? current[row]!;
  return { ...labelled, label: { ...label, current } };
}
