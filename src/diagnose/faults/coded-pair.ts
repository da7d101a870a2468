import { keptWith } from '../../core/memory/remember.ts';
import type { ColumnCells } from '../samples/row-samples.ts';

/** A column as codes of its values, whatever its kind: −1 is missing. Built once, asked by every rule about single values. */
export interface CodedPair {
  readonly name: string;
  readonly kind: ColumnCells['kind'];
  /** By code, as people read them. */
  readonly valueOf: (code: number) => string;
  /** By code; NaN for levels. */
  readonly numberOf: (code: number) => number;
  readonly current: Int32Array;
  readonly counts: { readonly reference: Float64Array; readonly current: Float64Array };
  /** Rows with a value. */
  readonly rows: { readonly reference: number; readonly current: number };
}

export function codedPair(pair: ColumnCells): CodedPair {
  if (pair.kind === 'levels') {
    const { levels } = pair;
    const reference = countsOf(pair.reference, levels.length);
    return coded(pair, {
      current: pair.current,
      counts: { reference, current: countsOf(pair.current, levels.length) },
      valueOf: (code) => levels[code] ?? '',
      numberOf: () => Number.NaN,
    });
  }
  const { numbers, counts, codeOf } = codedNumbers(pair.reference);
  const more = new Map<number, number>();
  const current = new Int32Array(pair.current.length);
  for (let row = 0; row < current.length; row++) {
    const value = pair.current[row]!;
    let code = Number.isNaN(value) ? -1 : (codeOf(value) ?? more.get(value));
    if (code === undefined) more.set(value, (code = numbers.length + more.size));
    current[row] = code;
  }
  const others = [...more.keys()];
  const numberOf = (code: number): number => numbers[code] ?? others[code - numbers.length] ?? Number.NaN;
  const reference = new Float64Array(numbers.length + others.length);
  reference.set(counts);
  return coded(pair, {
    current,
    counts: { reference, current: countsOf(current, reference.length) },
    valueOf: (code) => String(numberOf(code)),
    numberOf,
  });
}

function coded({ name, kind }: ColumnCells, codes: Omit<CodedPair, 'name' | 'kind' | 'rows'>): CodedPair {
  const total = (of: Float64Array): number => of.reduce((sum, count) => sum + count, 0);
  const rows = { reference: total(codes.counts.reference), current: total(codes.counts.current) };
  return { name, kind, ...codes, rows };
}

interface CodedNumbers {
  /** By code, in the order they come in. */
  readonly numbers: Float64Array;
  readonly counts: Float64Array;
  readonly codeOf: (value: number) => number | undefined;
}

/** Of a reference the same for every window. Keeps 28 bytes a value, 0.6 MB of 20,000 different ones; a map would be three times as much. */
const codedNumbers = keptWith((values: Float64Array): CodedNumbers => {
  const codes = new Map<number, number>();
  const counts: number[] = [];
  for (const value of values) {
    if (Number.isNaN(value)) continue;
    const code = codes.get(value) ?? codes.size;
    codes.set(value, code);
    counts[code] = (counts[code] ?? 0) + 1;
  }
  const numbers = Float64Array.from(codes.keys());
  const sorted = numbers.toSorted();
  const codeAt = new Int32Array(sorted.length);
  for (let code = 0; code < numbers.length; code++) codeAt[placeOf(sorted, numbers[code]!)] = code;
  const codeOf = (value: number): number | undefined => {
    const place = placeOf(sorted, value);
    return sorted[place] === value ? codeAt[place] : undefined;
  };
  return { numbers, counts: Float64Array.from(counts), codeOf };
});

/** How many lie below. */
function placeOf(sorted: Float64Array, value: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle]! < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

function countsOf(codes: Int32Array, values: number): Float64Array {
  const counts = new Float64Array(values);
  for (const code of codes) if (code >= 0) counts[code]! += 1;
  return counts;
}
