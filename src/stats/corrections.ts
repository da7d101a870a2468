/**
 * Corrections for many tests at once. Each returns adjusted p-values in input order, in [0, 1]: reject those
 * at or below the level. NaN is not allowed: what could not be tested does not enter the family.
 */
export type Correction = (p: readonly number[]) => number[];

/**
 * Benjamini–Hochberg q-values: rejecting q ≤ level keeps the expected share of false rejections at or below it
 * (independent or positively dependent tests). q(i) = min over j ≥ i of p(j)·k/j, sorted ascending. O(k log k).
 *
 * Source: Benjamini & Hochberg, J. R. Stat. Soc. B 57 (1995).
 *
 * @example benjaminiHochberg([0.01, 0.04, 0.03, 0.5]) // [0.04, 0.16 / 3, 0.16 / 3, 0.5]
 */
export function benjaminiHochberg(p: readonly number[]): number[] {
  const order = ascending(p);
  const adjusted = Array.from<number>({ length: p.length });
  let smallest = 1;
  for (let rank = p.length; rank >= 1; rank--) {
    const at = order[rank - 1] ?? 0;
    smallest = Math.min(smallest, ((p[at] ?? 1) * p.length) / rank);
    adjusted[at] = smallest;
  }
  return adjusted;
}

/**
 * Holm's step-down: controls the chance of any false rejection under every dependence. Adjusted
 * p(i) = max over j ≤ i of p(j)·(k−j+1), at most 1. O(k log k). Source: Holm, Scand. J. Statist. 6 (1979).
 *
 * @example holm([0.01, 0.04, 0.03, 0.5]) // [0.04, 0.09, 0.09, 0.5]
 */
export function holm(p: readonly number[]): number[] {
  const order = ascending(p);
  const adjusted = Array.from<number>({ length: p.length });
  let largest = 0;
  for (const [rank, at] of order.entries()) {
    largest = Math.max(largest, Math.min(1, (p[at] ?? 1) * (p.length - rank)));
    adjusted[at] = largest;
  }
  return adjusted;
}

/**
 * Bonferroni: each p times their number, at most 1. O(k).
 *
 * @example bonferroni([0.01, 0.04]) // [0.02, 0.08]
 */
export function bonferroni(p: readonly number[]): number[] {
  return p.map((value) => Math.min(1, value * p.length));
}

export const CORRECTIONS = {
  benjamini_hochberg: benjaminiHochberg,
  holm,
  bonferroni,
} as const satisfies Record<string, Correction>;
export type CorrectionName = keyof typeof CORRECTIONS;

function ascending(p: readonly number[]): number[] {
  return p.map((_, i) => i).sort((i, j) => (p[i] ?? 1) - (p[j] ?? 1) || i - j);
}
