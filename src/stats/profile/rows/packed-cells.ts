import type { FeatureValue } from '../../../core/events/events.ts';
import { INVALID_VALUE } from '../../../core/events/events.ts';
import type { ByteReader, ByteWriter } from '../../bytes.ts';
import { readNumbers, readWhole, writeNumbers, writeWhole } from '../../packed-numbers.ts';

/** A cell of a sampled row: a value as logged, or undefined where there was none. */
export type Cell = FeatureValue | undefined;

const ABSENT = 0;
const NULL = 1;
const NUMBER = 2;
const TEXT = 3;
const TRUE = 4;
const FALSE = 5;
const INVALID = 6;

/**
 * One column of cells, whatever they are: what each cell is (one number when all are alike, else a byte each), then the
 * numbers in the narrowest exact form, then the texts, each once, and which cell holds which.
 */
export function writeCells(writer: ByteWriter, cells: readonly Cell[]): void {
  const marks = new Int32Array(cells.length);
  const numbers = new Float64Array(cells.length);
  const texts: string[] = [];
  let count = 0;
  for (let i = 0; i < cells.length; i++) {
    const cell = cells[i];
    marks[i] = markOf(cell);
    if (typeof cell === 'number') numbers[count++] = cell;
    else if (typeof cell === 'string') texts.push(cell);
  }
  writeMarks(writer, marks);
  writeNumbers(writer, numbers.subarray(0, count));
  writeTexts(writer, texts);
}

export function readCells(reader: ByteReader, rows: number): Cell[] {
  const marks = readMarks(reader, rows);
  const numbers = readNumbers(reader, marks.filter((mark) => mark === NUMBER).length);
  const texts = readTexts(reader, marks.filter((mark) => mark === TEXT).length);
  let number = 0;
  let text = 0;
  return Array.from(marks, (mark): Cell => {
    switch (mark) {
      case ABSENT:
        return undefined;
      case NULL:
        return null;
      case NUMBER:
        return numbers[number++] ?? 0;
      case TEXT:
        return texts[text++] ?? '';
      case TRUE:
        return true;
      case FALSE:
        return false;
      case INVALID:
        return INVALID_VALUE;
      default:
        throw new RangeError(`a cell of an unknown kind ${mark}`);
    }
  });
}

function markOf(cell: Cell): number {
  switch (typeof cell) {
    case 'undefined':
      return ABSENT;
    case 'number':
      return NUMBER;
    case 'string':
      return TEXT;
    case 'boolean':
      return cell ? TRUE : FALSE;
    case 'symbol':
      return INVALID;
    default:
      return NULL;
  }
}

/** Small whole numbers, one a row; a single one when they are all alike. */
export function writeMarks(writer: ByteWriter, marks: Int32Array): void {
  const first = marks[0] ?? 0;
  const alike = marks.every((mark) => mark === first);
  writer.unsigned(alike ? 1 : 0);
  if (alike) writer.unsigned(first);
  else writeWhole(writer, marks);
}

/** `rows` must be bounded by its reader: alike marks take no bytes a row. */
export function readMarks(reader: ByteReader, rows: number): Float64Array {
  return reader.unsigned() === 1 ? new Float64Array(rows).fill(reader.unsigned()) : readWhole(reader, rows);
}

/** Different texts once, in order of appearance, then one code a text. */
export function writeTexts(writer: ByteWriter, texts: readonly string[]): void {
  const codeOf = new Map<string, number>();
  const codes = Int32Array.from(texts, (text) => {
    const known = codeOf.get(text);
    if (known !== undefined) return known;
    codeOf.set(text, codeOf.size);
    return codeOf.size - 1;
  });
  writer.unsigned(codeOf.size);
  for (const text of codeOf.keys()) writer.string(text);
  writeMarks(writer, codes);
}

export function readTexts(reader: ByteReader, count: number): string[] {
  const texts = Array.from({ length: reader.count(1) }, () => reader.string());
  return Array.from(readMarks(reader, count), (code) => {
    const text = texts[code];
    if (text === undefined) throw new RangeError('a text that is not among its column’s');
    return text;
  });
}
