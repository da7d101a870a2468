import { frequentLevels, pooled, pooledCodes } from './design-matrix.ts';
import { quantileEdges } from './marginal-test.ts';
import { asLevels, sortedPresent } from './row-samples.ts';
import type { ColumnPair } from './row-samples.ts';
import type { Block } from './score-test.ts';

/** With this many current rows a number is cut into fifths, which find a local change better; before, into thirds. */
const ROWS_FOR_FIFTHS = 600;
const FEW = 6;

/**
 * The block d × zones of one feature: thirds or fifths of a number, levels of a category.
 * A zone whose current rows weigh less than `minWeight` (expected events; rows in regression) joins its
 * neighbour, or for levels the rest, since a χ² law needs something to add up.
 */
export function zoneBlock(pair: ColumnPair, weight: Float64Array, minWeight: number): Block {
  const few = pair.kind === 'numeric' ? asLevels(pair, FEW) : pair;
  if (few !== null && few.kind === 'levels') {
    const frequent = frequentLevels(pooledCodes(few), few.levels.length);
    const zoneOfLevel = new Map(frequent.map((level, zone) => [level, zone]));
    const zone = Int32Array.from(few.current, (code) => zoneOfLevel.get(code) ?? frequent.length);
    return mergeSmall(pair.name, zone, frequent.length + 1, weight, minWeight, false);
  }
  if (pair.kind === 'levels') return { name: pair.name, columns: 0, zone: new Int32Array(), values: [] };
  return numericZones(pair.name, pair.current, sortedPresent(pooled(pair)), weight, minWeight);
}

/** d × thirds or fifths of any number per current row; a missing number has no zone. */
export function numericZones(
  name: string,
  current: Float64Array,
  sortedPooled: Float64Array,
  weight: Float64Array,
  minWeight: number,
): Block {
  const edges = quantileEdges(sortedPooled, current.length >= ROWS_FOR_FIFTHS ? 5 : 3);
  const zone = Int32Array.from(current, (value) => {
    if (Number.isNaN(value)) return -1;
    let bin = 0;
    while (bin < edges.length && value > edges[bin]!) bin++;
    return bin;
  });
  return mergeSmall(name, zone, edges.length + 1, weight, minWeight, true);
}

function mergeSmall(
  name: string,
  zone: Int32Array,
  zones: number,
  weight: Float64Array,
  minWeight: number,
  ordered: boolean,
): Block {
  const sums = new Float64Array(zones);
  for (let i = 0; i < zone.length; i++) if (zone[i]! >= 0) sums[zone[i]!]! += weight[i]!;
  const target = ordered ? mergeNeighbours(sums, minWeight) : mergeRest(sums, minWeight);
  const columns = Math.max(-1, ...target) + 1;
  return { name, columns, zone: zone.map((old) => (old < 0 ? -1 : target[old]!)), values: [] };
}

/** Fills zones from the left; what is left over at the end joins the last full one. */
function mergeNeighbours(sums: Float64Array, minWeight: number): number[] {
  const target: number[] = [];
  let zone = 0;
  let filled = 0;
  for (const sum of sums) {
    target.push(zone);
    filled += sum;
    if (filled >= minWeight) {
      zone += 1;
      filled = 0;
    }
  }
  const last = zone - 1;
  return last < 0 ? target.map(() => -1) : target.map((value) => Math.min(value, last));
}

function mergeRest(sums: Float64Array, minWeight: number): number[] {
  let next = 0;
  const target = Array.from(sums, (sum) => (sum >= minWeight ? next++ : -1));
  const rest = sums.reduce((total, sum) => (sum < minWeight ? total + sum : total), 0);
  return target.map((value) => (value < 0 && rest >= minWeight ? next : value));
}
