import type { ColumnCells, LevelPair } from '../../../../src/diagnose/samples/row-samples.ts';
import { draws } from '../../../../src/simulate/draws.ts';

export interface LevelWorld {
  readonly seed: number;
  /** Whether "level new" is "level 0" under another name, or a level of its own that came as that one left. */
  readonly rename: boolean;
  readonly levels?: number;
  /** Numeric columns beside, some of them bearing on one another. */
  readonly companions?: number;
  /** Share of their variance that is between levels. */
  readonly between?: number;
  readonly rows?: { readonly reference: number; readonly current: number };
  /** Share of the rows that hold level 0. */
  readonly share?: number;
  /** Share of the window before anything happened. */
  readonly begins?: number;
}

/** A category whose levels have company, and what became of one of them. */
export function levelWorld(world: LevelWorld): { pair: LevelPair; columns: ColumnCells[] } {
  const { seed, rename, levels = 30, companions = 5, between = 0.15, share = 0.08, begins = 0 } = world;
  const { reference: n, current: m } = world.rows ?? { reference: 6000, current: 2000 };
  const draw = draws(seed);
  const sizes = Array.from({ length: levels }, (_, i) => (i === 0 ? 0 : 0.2 + draw.uniform()));
  const all = sizes.reduce((sum, size) => sum + size, 0);
  const weights = sizes.map((size, i) => (i === 0 ? share : (size / all) * (1 - share)));
  const effects = Array.from({ length: levels + 1 }, () =>
    Array.from({ length: companions }, () => Math.sqrt(between) * draw.normal()),
  );
  const codes = (rows: number): Int32Array => Int32Array.from({ length: rows }, () => draw.choice(weights));
  const [reference, truth] = [codes(n), codes(m)];
  const isNew = (row: number): boolean => truth[row] === 0 && row >= begins * m;
  const current = truth.map((code, row) => (isNew(row) ? levels : code));
  const company = (row: number, code: number, isOther: boolean): number[] => {
    const common = draw.normal();
    const level = isOther && !rename ? levels : code;
    return Array.from(
      { length: companions },
      (_, k) =>
        (effects[level]?.[k] ?? 0) + Math.sqrt(1 - between) * (0.6 * common + 0.8 * draw.normal()) + 0 * row,
    );
  };
  const before = Array.from(reference, (code, row) => company(row, code, false));
  const now = Array.from(truth, (code, row) => company(row, code, isNew(row)));
  const names = Array.from({ length: levels }, (_, i) => `level ${i}`);
  const pair: LevelPair = { kind: 'levels', name: 'c', levels: [...names, 'level new'], reference, current };
  const columns = Array.from({ length: companions }, (_, k): ColumnCells => ({
    kind: 'numeric',
    name: `x${k}`,
    reference: Float64Array.from(before, (row) => row[k] ?? 0),
    current: Float64Array.from(now, (row) => row[k] ?? 0),
  }));
  return { pair, columns: [pair, ...columns] };
}
