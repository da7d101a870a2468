import { linearScale } from './scale.ts';

/** From these distances on, a step of the scale each; fixed, so that models and periods compare. */
export const HEAT_STEPS = [0, 0.05, 0.1, 0.15, 0.2, 0.3, 0.5] as const;

/** Of a distance, 0 to 1. @example heatStep(0.12) // 2 */
export function heatStep(effect: number): number {
  return HEAT_STEPS.findLastIndex((from) => effect >= from);
}

/** A column of time in the picture. */
export interface HeatColumn {
  readonly x: number;
  readonly width: number;
}

const NARROWEST_PX = 1;

/** Columns on a true axis of time: where there were no windows there is nothing. */
export function heatColumns(
  columns: readonly { readonly start: string; readonly end: string }[],
  period: { readonly fromMs: number; readonly toMs: number },
  [left, right]: readonly [number, number],
): HeatColumn[] {
  const scale = linearScale([period.fromMs, period.toMs], [left, right]);
  return columns.map(({ start, end }) => {
    const from = Math.max(left, scale.at(Date.parse(start)));
    const to = Math.min(right, scale.at(Date.parse(end)));
    return { x: from, width: Math.max(NARROWEST_PX, to - from) };
  });
}

/** The column at a place; -1 where there is none. */
export function heatColumnAt(columns: readonly HeatColumn[], x: number): number {
  return columns.findLastIndex((column) => column.x <= x && x < column.x + column.width);
}

export interface HeatCell {
  readonly row: number;
  readonly column: number;
}

const PAGE_ROWS = 10;

/** Where a key leads to from a cell, within so many rows and columns; null: it is no such key. */
export function heatMove(
  { row, column }: HeatCell,
  key: string,
  { rows, columns }: { readonly rows: number; readonly columns: number },
): HeatCell | null {
  const to: Readonly<Record<string, HeatCell>> = {
    ArrowLeft: { row, column: column - 1 },
    ArrowRight: { row, column: column + 1 },
    ArrowUp: { row: row - 1, column },
    ArrowDown: { row: row + 1, column },
    PageUp: { row: row - PAGE_ROWS, column },
    PageDown: { row: row + PAGE_ROWS, column },
    Home: { row, column: 0 },
    End: { row, column: columns - 1 },
  };
  const cell = to[key];
  if (cell === undefined) return null;
  const within = (value: number, count: number): number => Math.max(0, Math.min(count - 1, value));
  return { row: within(cell.row, rows), column: within(cell.column, columns) };
}
