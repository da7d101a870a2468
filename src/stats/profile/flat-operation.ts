import type { FlatColumn, FlatLayout, FlatRow } from '../../core/events/flat-row.ts';
import { CELL_NUMBER, CELL_TEXT, cellText } from '../../core/events/flat-row.ts';
import { BATCH_ROWS } from './flat-columns.ts';
import type { BatchTarget } from './flat-columns.ts';
import type { InputProfile } from './input-profile.ts';
import { type Amount, AMOUNTS } from './operational-profile.ts';

/** Latencies, costs or energies, one a row of the batch; NaN is none. */
class AmountColumn {
  readonly amount: Amount;
  private readonly cell: number;
  private readonly values = new Float64Array(BATCH_ROWS);

  constructor(amount: Amount, { cell }: FlatColumn) {
    this.amount = amount;
    this.cell = cell;
  }

  take(row: FlatRow, at: number): void {
    const x = row.kinds[this.cell] === CELL_NUMBER ? (row.numbers[this.cell] ?? 0) : Number.NaN;
    // Infinite ones are none, as in an ordinary event.
    this.values[at] = x - x === 0 ? x : Number.NaN;
  }

  flush(targets: readonly BatchTarget[], used: number, sign: 1 | -1): void {
    const { values, amount } = this;
    for (let t = 0; t < used; t++) {
      const target = targets[t];
      if (target === undefined || target.profile === null) continue;
      target.profile.operation[amount].addRows(values, target.rows, target.count, sign);
    }
  }
}

/** How the predictions of a layout's rows were made: costs nothing where its messages do not say. */
export class OperationColumns {
  private readonly amounts: readonly AmountColumn[];
  private readonly error: FlatColumn | null;

  constructor(layout: FlatLayout) {
    this.amounts = AMOUNTS.flatMap((amount) => {
      const column = layout[amount];
      return column === null ? [] : new AmountColumn(amount, column);
    });
    this.error = layout.error;
  }

  take(row: FlatRow, at: number, profiles: readonly InputProfile[], sign: 1 | -1): void {
    for (let i = 0; i < this.amounts.length; i++) this.amounts[i]?.take(row, at);
    const { error } = this;
    if (error === null || row.kinds[error.cell] !== CELL_TEXT) return;
    const text = cellText(row, error);
    if (text === '') return;
    for (let i = 0; i < profiles.length; i++) profiles[i]?.operation.addError(text, sign);
  }

  flush(targets: readonly BatchTarget[], used: number, sign: 1 | -1): void {
    for (let i = 0; i < this.amounts.length; i++) this.amounts[i]?.flush(targets, used, sign);
  }
}
