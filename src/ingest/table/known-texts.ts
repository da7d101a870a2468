/**
 * A column of few texts that are known beforehand: the database says of each cell which of them it is, in one byte instead of
 * sixteen, and looks only at each text of the file's dictionary.
 */
import type { CategoricalColumn } from '../../core/table.ts';
import { LevelCodes } from './cell-reader.ts';
import type { LevelReader } from './cell-reader.ts';
import { levelCell, levelOf } from './cell-sql.ts';
import type { ColumnReading } from './column-collector.ts';
import { isValid, rawBytes } from './raw-vector.ts';
import type { PlannedFeature } from './plan-features.ts';
import { sqlString } from './sql-text.ts';

export interface KnownTextReading extends ColumnReading<Int32Array, CategoricalColumn> {
  /** Whether a text was met that is none of those: what was read is of no use then. */
  hasMetOthers(): boolean;
}

/** Null where the texts are not known. */
export function knownTextReading({ column, kind, texts }: PlannedFeature): KnownTextReading | null {
  if (kind !== 'categorical' || texts === undefined) return null;
  const { name } = column;
  const codes = new LevelCodes(levelOf(column));
  // By place; NULL comes last.
  const codeAt = new Int32Array(texts.length + 2).fill(NOT_MET);
  codeAt[texts.length + 1] = -1;
  let others = 0;
  const reader: LevelReader = {
    read(vector, rows, target, offset) {
      const raw = rawBytes(vector);
      for (let row = 0; row < rows; row += 1) {
        const place = raw === null ? vector.getItem(row) : isValid(raw.valid, row) ? raw.values[row]! : null;
        if (typeof place !== 'number') {
          others += 1;
          continue;
        }
        let code = codeAt[place]!;
        if (code === NOT_MET) code = codeAt[place] = codes.of(texts[place - 1]);
        target[offset + row] = code;
      }
    },
    levels: () => codes.levels(),
  };
  const list = [...texts.map((text) => sqlString(text)), 'NULL'].join(', ');
  return {
    cell: {
      sql: `list_position([${list}]::VARCHAR[], ${levelCell(column).sql})::UTINYINT`,
      nullIsMissing: true,
    },
    holds: 'texts',
    reader,
    array: (rows, memory = new ArrayBuffer(4 * rows)) => new Int32Array(memory, 0, rows),
    finish: (cells, invalid) => ({ name, kind, codes: cells, levels: reader.levels(), invalid }),
    hasMetOthers: () => others > 0,
  };
}

const NOT_MET = -2;
