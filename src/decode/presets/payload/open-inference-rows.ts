import type { Result } from '../../../core/result.ts';
import { ok } from '../../../core/result.ts';
import type { Refusal } from '../../dead-letter.ts';
import { refuse } from '../../dead-letter.ts';
import { shown } from '../../text.ts';
import { field, spelled } from './json-shape.ts';
import { MAX_ROWS, tooManyRows } from '../preset.ts';

/** A tensor of the Open Inference Protocol as rows: the first dimension counts them, the others are columns. */
export interface TensorRows {
  readonly name: string;
  readonly rows: readonly (readonly unknown[])[];
}

const MAX_NESTING = 16;

/**
 * Data may be nested or flat, which mean the same. A tensor of one dimension is one row, or, where `rank1` says so,
 * one value in each of its rows: the protocol does not tell the two apart.
 *
 * For example: tensorRows({ name: 'x', shape: [2, 2], data: [1, 2, 4, 5] }, 'row') // rows [[1, 2], [4, 5]]
 */
export function tensorRows(tensor: unknown, rank1: 'row' | 'column'): Result<TensorRows, Refusal> {
  const name = spelled(field(tensor, 'name'));
  const shape = field(tensor, 'shape');
  const data = field(tensor, 'data');
  if (!Array.isArray(shape) || !Array.isArray(data)) {
    return refuse('missing_fields', `tensor ${shown(name)} has no shape or no data`);
  }
  // The JSON rendering of protobuf writes 64-bit numbers as strings.
  const sizes = shape.map(Number);
  if (sizes.length === 0 || !sizes.every((size) => Number.isSafeInteger(size) && size >= 0)) {
    return refuse('invalid_field', `tensor ${shown(name)} has a shape that is no list of sizes`);
  }
  const flat = (data as unknown[]).flat(MAX_NESTING);
  const expected = sizes.reduce((product, size) => product * size, 1);
  if (flat.length !== expected) {
    return refuse(
      'invalid_field',
      `tensor ${shown(name)} has ${flat.length} values, and its shape [${sizes.join(', ')}] means ${expected}`,
    );
  }
  const rows = sizes.length === 1 && rank1 === 'row' ? 1 : (sizes[0] ?? 0);
  if (rows > MAX_ROWS) return tooManyRows(rows);
  const width = rows === 0 ? 0 : flat.length / rows;
  return ok({
    name,
    rows: Array.from({ length: rows }, (_, row) => flat.slice(row * width, (row + 1) * width)),
  });
}

/** Tensors side by side: each is a group of columns, `name` where it has one and `name_0`, `name_1`, … else. */
export function openInferenceRows(
  tensors: readonly unknown[],
  names: readonly string[] | null,
): Result<readonly ReadonlyMap<string, unknown>[], Refusal> {
  const read: TensorRows[] = [];
  for (const tensor of tensors) {
    const one = tensorRows(tensor, tensors.length === 1 ? 'row' : 'column');
    if (!one.ok) return one;
    read.push(one.value);
  }
  const count = read[0]?.rows.length ?? 0;
  if (read.some(({ rows }) => rows.length !== count)) {
    return refuse('invalid_field', 'the tensors differ in their number of rows');
  }
  const columns = read.flatMap(({ name, rows }) => {
    const width = rows[0]?.length ?? 0;
    return width === 1 ? [name] : Array.from({ length: width }, (_, index) => `${name}_${index}`);
  });
  if (names !== null && count > 0 && names.length !== columns.length) {
    return refuse(
      'invalid_field',
      `a row has ${columns.length} values, and feature_names ${names.length} names`,
    );
  }
  const titles = names ?? columns;
  return ok(
    Array.from({ length: count }, (_, row) => {
      const values = read.flatMap(({ rows }) => rows[row] ?? []);
      return new Map(titles.map((title, index) => [title, values[index]]));
    }),
  );
}
