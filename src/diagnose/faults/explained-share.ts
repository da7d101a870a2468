/** What some cells are may follow from another column: then it is that column which changed. */
import { innerQuantiles } from '../marginal-test.ts';
import { asLevels, sketch } from '../samples/row-samples.ts';
import type { ColumnCells } from '../samples/row-samples.ts';
import { FEW_LEVELS, MIN_FAULT_SHARE } from '../thresholds.ts';
import { levelCounts } from '../../core/columns/level-counts.ts';

const PARTS = 10;
/** A value is a zone of its own from this share of the reference on, the commonest few. */
const ATOM_SHARE = 0.01;
/** Of fewer rows of the reference nobody knows what such rows are. */
const MIN_ROWS = 20;
/** Of the current rows that lie where the reference has rows enough. */
const MIN_KNOWN = 0.95;
/** Of what came beside the former share, and not so much more either. */
const MIN_EXPLAINED = 0.8;
const MOST_EXPLAINED = 1.25;

/** Which rows are such, on either side. */
export interface Marked {
  readonly reference: (row: number) => boolean;
  readonly current: (row: number) => boolean;
}

/**
 * The first column by which the share of marked rows is what it had to become: within each of its levels or tenths the share is the
 * reference's, and what comes of them now, Σ P(zone now)·P(marked | zone before), makes 80 to 125 % of the rise. Null: none does.
 * Rows without a value of that column explain nothing, since both may have been lost together. O(columns · rows).
 *
 * @example columnThatExplains({ reference: () => false, current: () => true }, []) // null
 */
export function columnThatExplains(marked: Marked, columns: readonly ColumnCells[]): Explanation | null {
  for (const column of columns) {
    const zones = zonesOf(column);
    if (explains(zones, marked)) return { column: column.name, isTwofold: inTwo(zones) };
  }
  return null;
}

export interface Explanation {
  readonly column: string;
  /** It says hardly more than yes or no, and may itself have been made of what it explains. */
  readonly isTwofold: boolean;
}

/** Zones that hold less of either side are beside the point. */
const MIN_ZONE_SHARE = 0.05;

function inTwo({ reference, current, zones }: Zones): boolean {
  const held = [reference, current].map((codes) => levelCounts(codes, zones));
  const isHeld = (zone: number): boolean =>
    held[0]![zone]! >= MIN_ZONE_SHARE * reference.length ||
    held[1]![zone]! >= MIN_ZONE_SHARE * current.length;
  return Array.from({ length: zones }, (_, zone) => zone).filter(isHeld).length <= 2;
}

function explains({ reference, current, zones }: Zones, marked: Marked): boolean {
  const [all, some, now] = [new Float64Array(zones), new Float64Array(zones), new Float64Array(zones)];
  let [before, after] = [0, 0];
  for (const [row, zone] of reference.entries()) {
    const isMarked = marked.reference(row);
    if (isMarked) before += 1;
    if (zone < 0) continue;
    all[zone]! += 1;
    if (isMarked) some[zone]! += 1;
  }
  for (const [row, zone] of current.entries()) {
    if (marked.current(row)) after += 1;
    if (zone >= 0) now[zone]! += 1;
  }
  const share = before / reference.length;
  const rise = after / current.length - share;
  let [expected, known] = [0, 0];
  for (let zone = 0; zone < zones; zone++) {
    if (all[zone]! < MIN_ROWS) continue;
    known += now[zone]!;
    expected += (now[zone]! * some[zone]!) / all[zone]!;
  }
  if (known < MIN_KNOWN * current.length || rise < MIN_FAULT_SHARE) return false;
  const explained = (expected / known - share) / rise;
  return explained >= MIN_EXPLAINED && explained <= MOST_EXPLAINED;
}

interface Zones {
  readonly zones: number;
  /** Of each row; −1 for none. */
  readonly reference: Int32Array;
  readonly current: Int32Array;
}

function zonesOf(column: ColumnCells): Zones {
  const levels = column.kind === 'levels' ? column : asLevels(column, FEW_LEVELS);
  if (levels !== null) {
    return { zones: levels.levels.length, reference: levels.reference, current: levels.current };
  }
  if (column.kind === 'levels') throw new Error('levels have zones');
  const edges = innerQuantiles(sketch(column.reference), PARTS);
  const atoms = atomsOf(column.reference);
  const zoneOf = (value: number): number => {
    if (Number.isNaN(value)) return -1;
    const atom = atoms.indexOf(value);
    if (atom >= 0) return edges.length + 1 + atom;
    let zone = 0;
    while (zone < edges.length && value > edges[zone]!) zone++;
    return zone;
  };
  return {
    zones: edges.length + 1 + atoms.length,
    reference: Int32Array.from(column.reference, zoneOf),
    current: Int32Array.from(column.current, zoneOf),
  };
}

/** Values that many rows share are of their own kind: no review is no rating, and one is. */
function atomsOf(cells: Float64Array): number[] {
  const counts = new Map<number, number>();
  for (const cell of cells) if (!Number.isNaN(cell)) counts.set(cell, (counts.get(cell) ?? 0) + 1);
  const least = Math.max(MIN_ROWS, ATOM_SHARE * cells.length);
  return [...counts]
    .filter(([, count]) => count >= least)
    .sort((a, b) => b[1] - a[1] || a[0] - b[0])
    .slice(0, FEW_LEVELS)
    .map(([value]) => value);
}
