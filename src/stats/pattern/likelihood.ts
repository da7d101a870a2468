/** How far below its maximum the log-likelihood of a change point may lie inside its interval: half of χ²₁(0.95). */
export const INTERVAL_DROP = 1.92;

/**
 * Gaussian log-likelihood of m values with variances φ / weight at its greatest φ ≥ 1, without the terms that are the
 * same for every shape: −½ (m ln φ + RSS / φ) · independence, φ = max(1, RSS / m). RSS is the weighted sum of squared
 * residuals, ≥ 0. A perfect fit is worth no more than φ = 1 is: what independent rows scatter is never explained away.
 * `independence` (0, 1] is how much of a window's information its neighbours do not hold already.
 *
 * @example logLikelihood(20, 10) // -8.465735902799727
 */
export function logLikelihood(rss: number, m: number, independence = 1): number {
  const dispersion = Math.max(1, rss / m);
  return -0.5 * (m * Math.log(dispersion) + rss / dispersion) * independence;
}

/**
 * Schwarz's criterion, −2 ln L + k ln m: smaller is better. k counts change points and periods as parameters too.
 *
 * @example bic(-10, 3, 20) // 28.98719682066197
 */
export function bic(logLikelihood: number, parameters: number, m: number): number {
  return -2 * logLikelihood + parameters * Math.log(m);
}
