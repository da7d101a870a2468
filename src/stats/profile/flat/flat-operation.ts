import type { FlatColumn, FlatLayout, FlatRow } from '../../../core/events/flat-row.ts';
import { CELL_NUMBER, CELL_TEXT, cellKind, cellText } from '../../../core/events/flat-row.ts';
import { BATCH_ROWS } from './flat-columns.ts';
import type { Batch } from './flat-columns.ts';
import { type Amount, AMOUNTS } from '../operational-profile.ts';

const NUMBERS = new Float64Array(BATCH_ROWS);

/** How the predictions of a layout's rows were made: costs nothing where its messages do not say. */
export class OperationColumns {
  readonly #amounts: readonly { readonly amount: Amount; readonly cell: number }[];
  readonly #error: FlatColumn | null;

  constructor(layout: FlatLayout) {
    this.#amounts = AMOUNTS.flatMap((amount) => {
      const cell = layout[amount]?.cell ?? -1;
      return cell < 0 ? [] : { amount, cell };
    });
    this.#error = layout.error;
  }

  flush({ row, targets, used, held, sign }: Batch): void {
    for (const { amount, cell } of this.#amounts) {
      this.#readAmounts(row, cell, held);
      for (let t = 0; t < used; t++) {
        const { profile = null, rows, count = 0 } = targets[t] ?? {};
        if (rows !== undefined) profile?.operation[amount].addRows(NUMBERS, rows, count, sign);
      }
    }
    const error = this.#error;
    if (error === null || row.odd[error.cell] !== 1) return;
    for (let t = 0; t < used; t++) {
      const { profile = null, rows, count = 0 } = targets[t] ?? {};
      for (let i = 0; i < count; i++) {
        row.moveTo(rows?.[i] ?? 0);
        const text = cellKind(row, error) === CELL_TEXT ? cellText(row, error) : '';
        if (text !== '') profile?.operation.addError(text, sign);
      }
    }
  }

  /** NaN is none, and so is what is infinite, as in an ordinary event. */
  #readAmounts({ numbers, kinds, stride }: FlatRow, cell: number, held: number): void {
    const from = cell * stride;
    for (let at = 0; at < held; at++) {
      const x = numbers[from + at] ?? 0;
      NUMBERS[at] = kinds[from + at] === CELL_NUMBER && x - x === 0 ? x : Number.NaN;
    }
  }
}
