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
    const { levels, reference, current } = pair;
    return coded(
      pair,
      [reference, current],
      levels.length,
      (code) => levels[code] ?? '',
      () => Number.NaN,
    );
  }
  const codeOf = new Map<number, number>();
  const codes = (values: Float64Array): Int32Array =>
    Int32Array.from(values, (value) => {
      if (Number.isNaN(value)) return -1;
      let code = codeOf.get(value);
      if (code === undefined) codeOf.set(value, (code = codeOf.size));
      return code;
    });
  const sides = [codes(pair.reference), codes(pair.current)] as const;
  const numbers = Float64Array.from(codeOf.keys());
  const numberOf = (code: number): number => numbers[code] ?? Number.NaN;
  return coded(pair, sides, numbers.length, (code) => String(numberOf(code)), numberOf);
}

function coded(
  { name, kind }: ColumnCells,
  [reference, current]: readonly [Int32Array, Int32Array],
  values: number,
  valueOf: (code: number) => string,
  numberOf: (code: number) => number,
): CodedPair {
  const counts = { reference: countsOf(reference, values), current: countsOf(current, values) };
  const total = (of: Float64Array): number => of.reduce((sum, count) => sum + count, 0);
  const rows = { reference: total(counts.reference), current: total(counts.current) };
  return { name, kind, valueOf, numberOf, current, counts, rows };
}

function countsOf(codes: Int32Array, values: number): Float64Array {
  const counts = new Float64Array(values);
  for (const code of codes) if (code >= 0) counts[code]! += 1;
  return counts;
}
