import { plainSum } from '../../stats/present-values.ts';
import { keptWith } from '../../core/memory/remember.ts';
import { sortedPresent } from '../samples/row-samples.ts';
import type { ColumnCells } from '../samples/row-samples.ts';
import { levelCounts } from '../../core/columns/level-counts.ts';

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
    const reference = levelCounts(pair.reference, levels.length);
    return coded(pair, {
      current: pair.current,
      counts: { reference, current: levelCounts(pair.current, levels.length) },
      valueOf: (code) => levels[code] ?? '',
      numberOf: () => Number.NaN,
    });
  }
  const { size, numberOf: numberBefore, counts, codeOf } = codedNumbers(pair.reference);
  const more = new Map<number, number>();
  const current = new Int32Array(pair.current.length);
  for (let row = 0; row < current.length; row++) {
    const value = pair.current[row]!;
    let code = Number.isNaN(value) ? -1 : (codeOf(value) ?? more.get(value));
    if (code === undefined) more.set(value, (code = size + more.size));
    current[row] = code;
  }
  const others = [...more.keys()];
  const numberOf = (code: number): number => numberBefore(code) ?? others[code - size] ?? Number.NaN;
  const reference = new Float64Array(size + others.length);
  reference.set(counts);
  return coded(pair, {
    current,
    counts: { reference, current: levelCounts(current, reference.length) },
    valueOf: (code) => String(numberOf(code)),
    numberOf,
  });
}

function coded({ name, kind }: ColumnCells, codes: Omit<CodedPair, 'name' | 'kind' | 'rows'>): CodedPair {
  const rows = { reference: plainSum(codes.counts.reference), current: plainSum(codes.counts.current) };
  return { name, kind, ...codes, rows };
}

interface CodedNumbers {
  /** Codes are given in the order in which values come. */
  readonly size: number;
  readonly numberOf: (code: number) => number | undefined;
  readonly counts: Uint32Array;
  readonly codeOf: (value: number) => number | undefined;
}

/** Of a reference the same for every window. Keeps 20 bytes a value, 0.4 MB of 20,000 different ones; a map would be three times as much. */
const codedNumbers = keptWith((values: Float64Array): CodedNumbers => {
  const { distinct, counts: ascending } = distinctOf(sortedPresent(values));
  const codes = new Int32Array(distinct.length).fill(-1);
  const places = new Int32Array(distinct.length);
  const counts = new Uint32Array(distinct.length);
  let size = 0;
  for (const value of values) {
    if (size === distinct.length) break;
    if (Number.isNaN(value)) continue;
    const place = placeIn(distinct, value);
    if (codes[place] !== -1) continue;
    codes[place] = size;
    places[size] = place;
    counts[size] = ascending[place]!;
    size += 1;
  }
  const codeOf = (value: number): number | undefined => {
    const place = placeIn(distinct, value);
    return distinct[place] === value ? codes[place] : undefined;
  };
  return { size, numberOf: (code) => distinct[places[code] ?? -1], counts, codeOf };
});

/** Nothing is nothing with either sign. */
function distinctOf(sorted: Float64Array): { readonly distinct: Float64Array; readonly counts: Uint32Array } {
  const [distinct, counts] = [new Float64Array(sorted.length), new Uint32Array(sorted.length)];
  let size = 0;
  for (let i = 0; i < sorted.length; i++) {
    if (i === 0 || sorted[i] !== sorted[i - 1]) distinct[size++] = sorted[i]! + 0;
    counts[size - 1]! += 1;
  }
  return { distinct: distinct.slice(0, size), counts: counts.slice(0, size) };
}

/** Of the first of the ascending values that is not below. */
function placeIn(ascending: Float64Array, value: number): number {
  let [low, high] = [0, ascending.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (ascending[middle]! < value) low = middle + 1;
    else high = middle;
  }
  return low;
}
