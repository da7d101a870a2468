import { pooled, pooledCodes } from '../pooled.ts';
import { frequentLevels } from './basis-terms.ts';
import { innerQuantiles } from '../marginal-test.ts';
import { asLevels, sketch } from '../samples/row-samples.ts';
import type { ColumnCells } from '../samples/row-samples.ts';
import type { ZoneBlock } from './score-test.ts';

/** With this many current rows a number is cut into fifths, which find a local change better; before, into thirds. */
const ROWS_FOR_FIFTHS = 600;
const FEW = 6;

/** How much each row says, and how much a zone must hold on either side for a χ² law to have something to add up. */
export interface ZoneWeights {
  readonly weight: Float64Array;
  readonly referenceRows: number;
  readonly atLeast: number;
}

/** One feature cut into zones: thirds or fifths of a number, levels of a category. Small zones join others. */
export function featureZones(pair: ColumnCells, weights: ZoneWeights): ZoneBlock {
  if (pair.kind === 'levels') {
    return levelZones(pair.name, pooledCodes(pair), pair.levels.length, weights);
  }
  const few = asLevels(pair, FEW);
  if (few !== null) return levelZones(pair.name, pooledCodes(few), few.levels.length, weights);
  return numericZones(pair.name, pooled(pair), weights);
}

function levelZones(name: string, codes: Int32Array, levels: number, weights: ZoneWeights): ZoneBlock {
  const frequent = frequentLevels(codes, levels);
  const zoneOfLevel = new Map(frequent.map((level, zone) => [level, zone]));
  const zone = codes.map((code) => zoneOfLevel.get(code) ?? frequent.length);
  return merged(name, zone, frequent.length + 1, weights, false);
}

/** Thirds or fifths of any number per row; a missing number has no zone. */
export function numericZones(name: string, values: Float64Array, weights: ZoneWeights): ZoneBlock {
  const currentRows = values.length - weights.referenceRows;
  const edges = innerQuantiles(sketch(values), currentRows >= ROWS_FOR_FIFTHS ? 5 : 3);
  const zone = binsOf(values, edges);
  return merged(name, zone, edges.length + 1, weights, true);
}

/** How many of the ascending edges lie below each value; −1 where it is missing. */
export function binsOf(values: Float64Array, edges: readonly number[]): Int32Array {
  const bins = new Int32Array(values.length);
  for (let row = 0; row < bins.length; row++) {
    const value = values[row]!;
    let bin = Number.isNaN(value) ? -1 : 0;
    if (bin === 0) while (bin < edges.length && value > edges[bin]!) bin++;
    bins[row] = bin;
  }
  return bins;
}

export const EVERYWHERE = 'everywhere';

/** All rows in one zone. */
export function everywhere(rows: number): ZoneBlock {
  return { kind: 'zones', name: EVERYWHERE, zones: 1, zone: new Int32Array(rows) };
}

function merged(
  name: string,
  zone: Int32Array,
  zones: number,
  weights: ZoneWeights,
  ordered: boolean,
): ZoneBlock {
  const sides = { reference: new Float64Array(zones), current: new Float64Array(zones) };
  for (let row = 0; row < zone.length; row++) {
    const side = row < weights.referenceRows ? sides.reference : sides.current;
    const at = zone[row]!;
    if (at >= 0) side[at]! += weights.weight[row]!;
  }
  const sums = sides.reference.map((sum, at) => Math.min(sum, sides.current[at]!));
  const target = ordered ? mergeNeighbours(sides, weights.atLeast) : mergeRest(sums, weights.atLeast);
  return {
    kind: 'zones',
    name,
    zones: Math.max(-1, ...target) + 1,
    zone: zone.map((old) => (old < 0 ? -1 : target[old]!)),
  };
}

/** Fills zones from the left; what is left over at the end joins the last full one. */
function mergeNeighbours(
  sides: { reference: Float64Array; current: Float64Array },
  atLeast: number,
): number[] {
  const target: number[] = [];
  let zone = 0;
  let reference = 0;
  let current = 0;
  for (let at = 0; at < sides.reference.length; at++) {
    target.push(zone);
    reference += sides.reference[at]!;
    current += sides.current[at]!;
    if (Math.min(reference, current) < atLeast) continue;
    zone += 1;
    reference = 0;
    current = 0;
  }
  const last = zone - 1;
  return target.map((value) => Math.min(value, last));
}

/** Small levels form one rest; when even that is small they have no zone. */
function mergeRest(sums: Float64Array, atLeast: number): number[] {
  let next = 0;
  const target = Array.from(sums, (sum) => (sum >= atLeast ? next++ : -1));
  const rest = sums.reduce((total, sum) => (sum < atLeast ? total + sum : total), 0);
  return target.map((value) => (value < 0 && rest >= atLeast ? next : value));
}
