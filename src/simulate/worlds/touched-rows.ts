import type { Draws } from '../draws.ts';
import type { Fed, Value } from '../family.ts';
import { commonestFirst } from './draw-world.ts';
import type { BrokenWindow, FedRow } from './draw-world.ts';

/** All rows of a window, some of them anywhere, or those after a moment. */
export type Extent = 'whole' | 'part' | 'since';

/** Where in the window it breaks when it breaks within. */
export const BREAKS_AT = 0.45;
/** Of the rows, where only some are touched. */
export const PART = 0.3;

/** Cells of one column, rewritten. */
export type Rewrite = (value: Value, draw: Draws, row: Fed) => Value;

/** @param made the rewriting, once what the window holds is known */
export function rewritten(
  column: string,
  made: (values: readonly Value[]) => Rewrite,
  extent: Extent,
  share: number = PART,
): BrokenWindow {
  return {
    fed(rows, draw) {
      const rewrite = made(rows.map(({ fed }) => fed[column] ?? null));
      return rows.map((row, at) => {
        if (!isTouched(at / rows.length, draw, extent, share)) return row;
        const value = rewrite(row.fed[column] ?? null, draw, row.fed);
        return brokenRow(row, { ...row.fed, [column]: value });
      });
    },
  };
}

function isTouched(place: number, draw: Draws, extent: Extent, share: number): boolean {
  if (extent === 'whole') return true;
  return extent === 'since' ? place >= BREAKS_AT : draw.uniform() < share;
}

export function brokenRow<R extends FedRow>(row: R, fed: Fed): R {
  return { ...row, fed, isBroken: true };
}

export const numbersIn = (values: readonly Value[]): number[] =>
  values.filter((value) => typeof value === 'number').sort((a, b) => a - b);

export function levelsIn(values: readonly Value[]): string[] {
  return commonestFirst(values.map(String)).map(([level]) => level);
}

export function quantileIn(values: readonly Value[], share: number): number {
  const sorted = numbersIn(values);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0;
}

/** Standard deviation without the outermost: half of what lies between the 16th and the 84th percentile. */
export function spreadIn(values: readonly Value[]): number {
  return Math.max(1e-6, (quantileIn(values, 0.84) - quantileIn(values, 0.16)) / 2);
}

export function shuffled<T>(items: readonly T[], draw: Draws): T[] {
  const result = [...items];
  for (let i = result.length - 1; i > 0; i--) {
    const j = Math.min(i, Math.floor((i + 1) * draw.uniform()));
    [result[i], result[j]] = [result[j]!, result[i]!];
  }
  return result;
}
