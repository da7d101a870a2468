import type { CountedWindow } from '../../store/read-models/screens/feature-windows.ts';

/** Windows that are one column of time, all counted on one baseline. */
export interface ColumnOfTime {
  readonly ids: readonly string[];
  readonly baseline: number | null;
  readonly startMs: number;
  readonly endMs: number;
  readonly isOpen: boolean;
}

/** Features of windows that are read for one answer: about a second. */
const MOST_READ = 12_000;

/** Each so many-th window is read, so that an answer about many windows of many features is not waited for. */
export function readEvery(windows: number, features: number): number {
  return Math.max(1, Math.ceil((windows * Math.max(1, features)) / MOST_READ));
}

/**
 * Windows in columns that `placeOf` numbers, in order of time. Counts on two baselines do not add up: a column is of the
 * windows on its newest one.
 */
export function inColumns(
  windows: readonly CountedWindow[],
  placeOf: (window: CountedWindow, at: number) => number,
): ColumnOfTime[] {
  const placed = windows.map((window, at) => ({ window, place: placeOf(window, at) }));
  return [...Map.groupBy(placed, ({ place }) => place).values()].map((column) => {
    const all = column.map(({ window }) => window);
    const baseline = all.at(-1)?.baseline ?? null;
    const own = all.filter((window) => window.baseline === baseline);
    return {
      ids: own.map(({ id }) => id),
      baseline,
      startMs: Math.min(...own.map(({ startMs }) => startMs)),
      endMs: Math.max(...own.map(({ endMs }) => endMs)),
      isOpen: own.some(({ isOpen }) => isOpen),
    };
  });
}

/** When the first window whose counts are still there begins, where there are others before it; null: all are there. */
export function countsSince(windows: readonly CountedWindow[]): string | null {
  if (windows.every(({ isKept }) => isKept)) return null;
  const first = windows.find(({ isKept }) => isKept) ?? windows.at(-1);
  return first === undefined ? null : new Date(first.isKept ? first.startMs : first.endMs).toISOString();
}
