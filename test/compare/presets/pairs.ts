import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import type { Column } from '../../../src/core/table.ts';
import { readVectors } from '../../stats/vectors.ts';

type Cell = number | string | null;

interface Drawn {
  readonly seed: number;
  readonly n: number;
  readonly shape: 'bell' | 'skewed' | 'integers' | 'levels';
  readonly shift?: number;
  readonly scale?: number;
  readonly missing_every?: number;
  readonly outlier?: number;
  readonly levels?: number;
}
interface FilePart {
  readonly file: string;
  readonly column: string;
  readonly start: number;
  readonly end: number;
}
type Side = readonly Cell[] | Drawn | FilePart;

interface PairVector {
  readonly name: string;
  readonly kind: 'numeric' | 'categorical';
  readonly reference: Side;
  readonly current: Side;
}

export interface Pair {
  readonly reference: Column;
  readonly current: Column;
}

const LEVELS = ['red', 'green', 'blue', 'white', 'black'];

/** Every pair that the tools were asked about, rebuilt when it is asked for. */
export function readPairs(): Map<string, () => Pair> {
  const { cases } = readVectors('preset_inputs') as { cases: PairVector[] };
  return new Map(
    cases.map((pair) => [
      pair.name,
      () => ({
        reference: toColumn(valuesOf(pair.reference), pair.kind),
        current: toColumn(valuesOf(pair.current), pair.kind),
      }),
    ]),
  );
}

function valuesOf(side: Side): readonly Cell[] {
  if ('file' in side) return carLoan(side.file, side.column).slice(side.start, side.end);
  return 'seed' in side ? draw(side) : side;
}

export function toColumn(cells: readonly Cell[], kind: 'numeric' | 'categorical', name = 'x'): Column {
  if (kind === 'numeric') {
    return { name, kind, values: Float64Array.from(cells, (cell) => Number(cell ?? Number.NaN)), invalid: 0 };
  }
  const levels = [...new Set(cells.filter((cell) => cell !== null).map(String))];
  const codeOf = new Map(levels.map((level, code) => [level, code]));
  const codes = Int32Array.from(cells, (cell) => (cell === null ? -1 : (codeOf.get(String(cell)) ?? -1)));
  return { name, kind, codes, levels, invalid: 0 };
}

/** The same arithmetic in the same order as `bench/presets/inputs.py`. */
export function draw(spec: Drawn): Cell[] {
  const { shape, shift = 0, scale = 1, missing_every: gap = 0, levels = 5 } = spec;
  let state = spec.seed;
  const uniform = (): number => {
    state = (state * 16807) % 2147483647;
    return state / 2147483647;
  };
  const one = (): Cell => {
    if (shape === 'bell') return (uniform() + uniform() + uniform() + uniform() - 2) * scale + shift;
    if (shape === 'skewed') return uniform() * uniform() * uniform() * scale + shift;
    const u = uniform();
    if (shape === 'integers') return Math.floor(u * scale) + shift;
    return LEVELS[Math.min(levels - 1, Math.floor(u * u * levels))] ?? null;
  };
  const cells = Array.from({ length: spec.n }, (_, i) => {
    const cell = one();
    return gap > 0 && i % gap === 0 ? null : cell;
  });
  if (spec.outlier !== undefined) cells[Math.floor(spec.n / 2)] = spec.outlier;
  return cells;
}

const files = new Map<string, Map<string, string[]>>();

/** A column of the car loan example as text. */
export function carLoan(file: string, column: string): string[] {
  let columns = files.get(file);
  if (columns === undefined) {
    columns = readColumns(file);
    files.set(file, columns);
  }
  const cells = columns.get(column);
  if (cells === undefined) throw new Error(`${file} has no ${column}`);
  return column === 'repaid_loan_on_prev_car' ? cells.map((cell) => cell.toLowerCase()) : cells;
}

function readColumns(file: string): Map<string, string[]> {
  const bytes = readFileSync(new URL(`../../../examples/car-loan/${file}`, import.meta.url));
  const [header = '', ...lines] = gunzipSync(bytes).toString('utf8').trimEnd().split('\n');
  const names = header.trim().split(',');
  const columns = new Map(names.map((name) => [name, Array.from(lines, () => '')]));
  for (const [row, line] of lines.entries()) {
    const cells = line.trimEnd().split(',');
    for (const [i, name] of names.entries()) columns.get(name)![row] = cells[i] ?? '';
  }
  return columns;
}
