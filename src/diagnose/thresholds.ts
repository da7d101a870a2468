/** The false-alarm rate of each of the four questions of a verdict. */
export const VERDICT_ALPHA = 1e-3;
/** Below this what a question asked for is not refuted, but no longer beyond suspicion either. */
export const SUSPICIOUS = 0.05;
/** What a second kind of shift must show once a fault was found, because a fault disturbs everything around it. */
export const ALPHA_BESIDE_FAULT = 1e-5;
/** Family-wise rate of each kind of fault over the features of a window. */
export const FAULT_ALPHA = 1e-4;
/** A share of rows below this is noise or nobody's business: no fault is named for less. */
export const MIN_FAULT_SHARE = 0.02;
/** Distances up to this count as the same distribution, however many rows prove a smaller one. */
export const SAME_DISTANCE = 0.03;
/** Above this p-value two samples are taken to agree, when a fault has to leave "the rest unmoved". */
export const SAME_P = 1e-3;
/** Numeric columns with up to this many distinct values are read as codes. */
export const FEW_LEVELS = 20;
/** A verdict less likely than this is `undetermined`: below it the best guess of a prototype was never right. */
export const MIN_CONFIDENCE = 0.8;
/** Rows of either sample that are looked at. */
export const MAX_SAMPLE_ROWS = 20_000;

const KS_QUANTILE_001 = 1.949; // √(−½ ln(0.001/2))

/** The 0.1 % point of the two-sample Kolmogorov–Smirnov distance, but never below `SAME_DISTANCE`. */
export function sameDistance(n: number, m: number): number {
  return n > 0 && m > 0 ? Math.max(SAME_DISTANCE, KS_QUANTILE_001 * Math.sqrt((n + m) / (n * m))) : 0;
}
