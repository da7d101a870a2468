import type { Draws } from '../../../src/simulate/draws.ts';
import { clip } from '../../../src/simulate/family.ts';
import type { WorldRow } from '../../../src/simulate/worlds/draw-world.ts';

/** What can be made to happen among rows whose truth nobody knows: choosing among them, and calling them otherwise. */
export const REAL_SHIFTS = [
  'covariate_shift',
  'covariate_shift',
  'label_shift',
  'concept_drift',
  'mixed',
] as const;
export type RealShift = (typeof REAL_SHIFTS)[number];

/** Standard deviations by which a number's mean moves, about. */
const TILT = 0.8;
const REACH = 2;
/** Change of the first class's odds, as a factor. */
const ODDS = 2.5;
/** Of a third of the rows so many change their class. */
const TURNED = 0.4;

export function shiftedRows(
  kind: RealShift,
  rows: readonly WorldRow[],
  matters: readonly string[],
  draw: Draws,
): WorldRow[] {
  const column = matters[Math.floor(matters.length * draw.uniform())] ?? '';
  const isUp = draw.uniform() < 0.5;
  const rankOf = ranksOf(rows, column);
  switch (kind) {
    case 'covariate_shift':
      return tilted(rows, rankOf, isUp, draw);
    case 'label_shift':
      return rows.filter(({ label }) => draw.uniform() < ((label === 1) === isUp ? 1 : 1 / ODDS));
    case 'concept_drift':
      return turned(rows, rankOf, isUp, draw);
    case 'mixed':
      return turned(tilted(rows, rankOf, isUp, draw), rankOf, isUp, draw);
  }
}

type RankOf = (row: WorldRow) => number;

/** Standard normal by rank: of whatever distribution the column is. */
function ranksOf(rows: readonly WorldRow[], column: string): RankOf {
  const valueOf = ({ fed }: WorldRow): number => Number(fed[column] ?? 0);
  const sorted = Float64Array.from(rows, valueOf).sort();
  const places = new Map(Array.from(sorted, (value, at) => [value, (at + 0.5) / sorted.length]));
  return (row) => {
    const share = places.get(valueOf(row)) ?? 0.5;
    // Logistic for the normal quantile: near enough for a tilt.
    return Math.log(share / (1 - share)) / 1.7;
  };
}

function tilted(rows: readonly WorldRow[], rankOf: RankOf, isUp: boolean, draw: Draws): WorldRow[] {
  const peak = Math.exp(TILT * REACH);
  return rows.filter((row) => {
    const z = clip(rankOf(row) * (isUp ? 1 : -1), -REACH, REACH);
    return draw.uniform() < Math.exp(TILT * z) / peak;
  });
}

function turned(rows: readonly WorldRow[], rankOf: RankOf, isUp: boolean, draw: Draws): WorldRow[] {
  return rows.map((row) => {
    const isInside = rankOf(row) * (isUp ? 1 : -1) > 0.43;
    if (!isInside || row.label === null || draw.uniform() >= TURNED) return row;
    return { ...row, label: 1 - row.label, classAt: row.label === 1 ? 1 : 0 };
  });
}
