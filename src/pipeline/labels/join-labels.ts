import type { LabelColumns } from '../../core/events/label-columns.ts';
import type { Tx } from '../../store/connection/pool.ts';
import type { ModelCatalog } from '../windows/model-catalog.ts';
import type { PredictionFinder } from '../predictions/prediction-finder.ts';
import { countLabels } from './count-labels.ts';
import { matchLabels } from './match-labels.ts';
import { settleLabels } from './settle-labels.ts';

export interface JoinOptions {
  readonly catalog: ModelCatalog;
  readonly reevaluateAfterMs: number;
  readonly finder: PredictionFinder;
}

/** Under which source parts and counts of joined labels stand, whoever joined them. */
export const JOINED_FROM = 'labels';

export interface Joined {
  /** Labels whose prediction was there. */
  readonly found: number;
  /** Indices of those whose prediction was not, in their order. */
  readonly waiting: readonly number[];
  /** Predictions that have their first label. Of those found all others are superseded, or supersede. */
  readonly joined: number;
}

/**
 * Takes labels to their predictions, and the difference they make to the windows' label counts. Rows of labels are locked
 * first and windows after them, here and nowhere else, so that any number may do so at once.
 */
export async function joinToPredictions(tx: Tx, labels: LabelColumns, options: JoinOptions): Promise<Joined> {
  const matches = await matchLabels(tx, labels, options.finder);
  if (matches.length === 0) return { found: 0, waiting: [], joined: 0 };
  const settled = await settleLabels(tx, matches);
  await countLabels(tx, settled, { ...options, source: JOINED_FROM });
  const waiting = matches.flatMap((ofModel) => [...ofModel.waiting]).sort((a, b) => a - b);
  // A label that replaces another is joined; the one replaced becomes superseded.
  const joined = settled.reduce((sum, { firsts }) => sum + firsts.length, 0);
  return { found: labels.length - waiting.length, waiting, joined };
}
