import type { PredictionPack } from '../../window/prediction-pack.ts';

/** Takes the rows that are found, by the indices of their ids. What it is to keep of a pack it has to copy. */
export interface FoundRows {
  note(index: number, pack: PredictionPack, row: number): void;
}
