import { PredictionColumns } from './prediction-columns.ts';
import type { KeptRow } from './prediction-pack.ts';

/** Kept rows gathered into columns again, to be packed anew: each has its own version, and its features their place. */
export class MergedRows {
  readonly rows = new PredictionColumns();
  readonly versionIds: number[] = [];
  readonly chunkIds: number[] = [];
  readonly chunkRows: number[] = [];

  add(row: KeptRow): void {
    this.rows.add(row.high, row.low, row.eventMs, row, row.segments);
    this.versionIds.push(row.modelVersionId);
    this.chunkIds.push(row.chunkId);
    this.chunkRows.push(row.chunkRow);
  }
}
