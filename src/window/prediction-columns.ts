import type { RowProbabilities } from '../core/events/events.ts';
import { IdList } from './id-list.ts';
import type { KeptRow, PredictionColumns } from './prediction-pack.ts';

/** Kept rows gathered into columns again, to be packed anew. */
export class ColumnBuilder implements PredictionColumns {
  readonly ids = new IdList();
  readonly eventMs: number[] = [];
  readonly versionIds: number[] = [];
  readonly chunkIds: number[] = [];
  readonly chunkRows: number[] = [];
  readonly classes: (string | null)[] = [];
  readonly values: number[] = [];
  readonly scores: number[] = [];
  readonly holdouts: boolean[] = [];
  readonly segments: (readonly string[])[] = [];
  readonly probabilities: (RowProbabilities | null)[] = [];

  add(row: KeptRow): void {
    this.ids.push(row.high, row.low);
    this.eventMs.push(row.eventMs);
    this.versionIds.push(row.modelVersionId);
    this.chunkIds.push(row.chunkId);
    this.chunkRows.push(row.chunkRow);
    this.classes.push(typeof row.prediction === 'string' ? row.prediction : null);
    this.values.push(typeof row.prediction === 'number' ? row.prediction : Number.NaN);
    this.scores.push(row.score ?? Number.NaN);
    this.holdouts.push(row.holdout);
    this.segments.push(row.segments);
    this.probabilities.push(row.probabilities);
  }
}
