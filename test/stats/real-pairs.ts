import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { readVectors, sorted } from './vectors.ts';

/** Columns of real data on two sides, and the figures SciPy gives for them. */
export interface RealColumn {
  readonly name: string;
  readonly expected: RealFigures;
  /** Both sides, ascending; null for categories. */
  readonly samples: () => readonly [Float64Array, Float64Array] | null;
}

export interface RealFigures {
  readonly type: 'numeric' | 'categorical';
  readonly counts?: Record<string, [number, number]>;
  readonly psi_decile_inner_edges?: number[];
  readonly [figure: string]: unknown;
}

interface Pairs {
  readonly pairs: { name: string; columns: Record<string, RealFigures> }[];
}
type Steps = readonly [readonly number[], readonly number[]];
type Values = Record<string, { divide_by: number; reference: Steps; current: Steps }>;

export function realColumns(): RealColumn[] {
  const values = JSON.parse(unzip('../vectors/real_pairs_values.json.gz')) as Values;
  return (readVectors('real_dataset_reference_values') as Pairs).pairs.flatMap((pair) =>
    Object.entries(pair.columns).map(([column, expected]) => ({
      name: `${pair.name}/${column}`,
      expected,
      samples: () => {
        if (expected.type === 'categorical') return null;
        const stored = values[`${pair.name}/${column}`];
        if (stored === undefined) return carLoan(pair.name, column);
        const expand = (steps: Steps): Float64Array => fromSteps(steps, stored.divide_by);
        return [expand(stored.reference), expand(stored.current)];
      },
    })),
  );
}

/** The smallest value, then steps to the next; and the rows of each. */
function fromSteps([steps, rows]: Steps, divideBy: number): Float64Array {
  let whole = 0;
  return Float64Array.from(
    steps.flatMap((step, i) => {
      whole += step;
      return Array.from({ length: rows[i] ?? 0 }, () => whole / divideBy);
    }),
  );
}

const CHUNK_ROWS = 5000;
const files = new Map<string, Map<string, Float64Array>>();

/** Columns of the example's own files; chunk k is rows 5000·k to 5000·k + 4999 of the second. */
function carLoan(pair: string, column: string): readonly [Float64Array, Float64Array] {
  const chunk = Number(pair.replace('car_loan_chunk', ''));
  const reference = carLoanColumn('reference', column);
  const current = carLoanColumn('monitoring', column);
  return [sorted(reference), sorted(current.subarray(chunk * CHUNK_ROWS, (chunk + 1) * CHUNK_ROWS))];
}

function carLoanColumn(file: string, column: string): Float64Array {
  let columns = files.get(file);
  if (columns === undefined) {
    const [header = '', ...lines] = unzip(`../../examples/car-loan/${file}.csv.gz`).trim().split('\n');
    const cells = lines.map((line) => line.split(','));
    columns = new Map(
      header.split(',').map((name, i) => [name, Float64Array.from(cells, (row) => Number(row[i]))]),
    );
    files.set(file, columns);
  }
  const values = columns.get(column);
  if (values === undefined) throw new Error(`no column ${column}`);
  return values;
}

function unzip(path: string): string {
  return gunzipSync(readFileSync(new URL(path, import.meta.url))).toString();
}
