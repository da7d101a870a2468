import { DEFAULT_SAMPLE_OPTIONS } from '../compare/compare-samples.ts';

/**
 * Where a window of the service and one of a file are judged differently, each with its reason. All else is the same;
 * how many rows a sample has is decided where it is drawn.
 */
export interface JudgePolicy {
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
  mmd: { maxMmdRows: 500, permutations: 199 },
  figuresOfFewRows: false,
  lossRows: 5_000,
  lossOfSegments: false,
  labelsRefute: false,
};

export const FILES_POLICY: JudgePolicy = {
  mmd: DEFAULT_SAMPLE_OPTIONS,
  figuresOfFewRows: true,
  lossRows: Infinity,
  lossOfSegments: true,
  labelsRefute: true,
};
