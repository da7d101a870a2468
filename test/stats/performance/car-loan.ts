import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';

/** Labels, predictions and scores of NannyML's car loans (MIT), which are also the demo's data. */
export interface LoanRows {
  readonly label: Uint8Array;
  readonly prediction: Uint8Array;
  readonly score: Float64Array;
}

export function carLoans(file: 'reference' | 'monitoring'): LoanRows {
  const path = new URL(`../../../examples/car-loan/${file}.csv.gz`, import.meta.url);
  const [head = '', ...lines] = gunzipSync(readFileSync(path)).toString('utf8').trimEnd().split('\n');
  const names = head.trim().split(',');
  const cells = lines.map((line) => line.trim().split(','));
  const column = (name: string): number[] => {
    const at = names.indexOf(name);
    return cells.map((row) => Number(row[at]));
  };
  return {
    label: Uint8Array.from(column('repaid')),
    prediction: Uint8Array.from(column('y_pred')),
    score: Float64Array.from(column('y_pred_proba')),
  };
}

export function slice({ label, prediction, score }: LoanRows, first: number, end: number): LoanRows {
  return {
    label: label.slice(first, end),
    prediction: prediction.slice(first, end),
    score: score.slice(first, end),
  };
}

/** `2: chunk by chunk` tables of NannyML's documentation. */
export interface GoldenTable {
  readonly name: string;
  readonly period: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly (number | string | boolean | null)[])[];
}
