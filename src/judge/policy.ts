import { DEFAULT_SAMPLE_OPTIONS } from '../compare/compare-samples.ts';
import { SAMPLE_ROWS } from '../stats/profile/rows/row-sample.ts';
import { DEFAULT_SAMPLE_ROWS } from '../stats/table/sample-rows.ts';

/**
 * Where a window of the service and one of a file are judged differently, each with its reason. All else is the same: the
 * same rows give the same verdict, to the last bit where both look at all of them, in any order, whatever other windows
 * there are, on any number of threads.
 *
 * What is no choice but a matter of what is there:
 * - The service learns what columns do by themselves from every window that nobody accused. A file's windows know its
 *   reference alone: one of them says the same with others and without.
 * - How far healthy windows spread, where the reference has times and at least twenty windows, a file measures on windows of
 *   any length, the service on those of the lengths configured when its baseline was made.
 * - A window of the service is counted on at most 512 points of the baseline's grid, one of a file on 4,096: KS of a column
 *   of more distinct values differs by 1/512 at most. A file compared as a whole has no grid.
 * - A segment of the service is compared with the rows of its baseline that are in the sample of 20,000 (`no_baseline` below
 *   200 of them), a segment of a file with all rows of its reference; and of its own rows the service looks at those that
 *   are in the window's sample, a file at 20,000.
 * - Of more than 400 columns a file is looked at by fewer rows than 20,000 a side (8,000,000 cells), the service by its baseline's.
 * - A column that a file does not have is a fault however few rows there are; in a log it is missing in every row.
 * - Rows of a model that stores no predictions have no labels to be looked at: the service then says what counts say.
 */
export interface JudgePolicy {
  /**
   * Rows of a window that are looked at together, by smallest hash of their ids: when it closes and when its labels are in
   * (labelled rows first). A window closes every hour and is looked at by what came along with its counts; what files
   * look at, they look at once.
   */
  readonly windowRows: { readonly closed: number; readonly matured: number };
  /** Rows of a side and permutations of MMD, whose cost is the square of the rows: windows come all the time, files once. */
  readonly mmd: { readonly maxMmdRows: number; readonly permutations: number };
  /**
   * Whether figures that lead to no verdict (all features together, estimates) are made of fewer rows than `minRows`:
   * who compares two small files looks at them, of a quiet hour nobody does.
   */
  readonly figuresOfFewRows: boolean;
  /** Baseline rows that teach a loss model: four times as many take four times as long, and narrow its interval by an eighth. */
  readonly lossRows: number;
  /** Whether each segment has a loss model of its own, which takes a second. */
  readonly lossOfSegments: boolean;
  /** Whether labels that are there refute estimates at once. The service stores what it expects, and refutes it when all labels are in. */
  readonly labelsRefute: boolean;
}

export const SERVICE_POLICY: JudgePolicy = {
  windowRows: { closed: SAMPLE_ROWS, matured: DEFAULT_SAMPLE_ROWS },
  mmd: { maxMmdRows: 500, permutations: 199 },
  figuresOfFewRows: false,
  lossRows: 5_000,
  lossOfSegments: false,
  labelsRefute: false,
};

export const FILES_POLICY: JudgePolicy = {
  windowRows: { closed: DEFAULT_SAMPLE_ROWS, matured: DEFAULT_SAMPLE_ROWS },
  mmd: DEFAULT_SAMPLE_OPTIONS,
  figuresOfFewRows: true,
  lossRows: Infinity,
  lossOfSegments: true,
  labelsRefute: true,
};
