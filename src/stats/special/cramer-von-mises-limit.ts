const POINTS = 512;
const NEGLIGIBLE = 1e-17;

/**
 * P(W > x) for the limiting law of the Cramér–von Mises statistic, the sum of χ²₁/(jπ)² over j = 1, 2, …
 *
 * Smirnov's formula gives the tail itself: (2/π) Σ (−1)^(k+1) ∫ exp(−x t²/2) / √(−t sin t) dt over ((2k−1)π, 2kπ).
 * With t = (2k − ½)π + (π/2)·sin φ the integrand has no poles and the midpoint rule converges as fast as it can.
 * Keeps its digits to 1e-300, where one minus the distribution function has none below 1e-7.
 *
 * @example cramerVonMisesLimitSurvival(0.46136) // 0.05000038313265
 */
export function cramerVonMisesLimitSurvival(x: number): number {
  if (x < 0.003) return 1;
  let sum = 0;
  for (let k = 1; ; k++) {
    const term = interval(k, x);
    sum += k % 2 === 1 ? term : -term;
    if (term <= NEGLIGIBLE * sum) break;
  }
  return Math.min(1, Math.max(0, (2 / Math.PI) * sum));
}

function interval(k: number, x: number): number {
  const middle = (2 * k - 0.5) * Math.PI;
  let sum = 0;
  for (let i = 0; i < POINTS; i++) {
    const phi = -Math.PI / 2 + ((i + 0.5) * Math.PI) / POINTS;
    const t = middle + (Math.PI / 2) * Math.sin(phi);
    // −sin t at middle + δ is cos δ, here written so that it stays exact at both ends.
    const minusSine = Math.sin((Math.PI / 2) * (1 - Math.abs(Math.sin(phi))));
    sum += (Math.exp((-x * t * t) / 2) * Math.cos(phi)) / Math.sqrt(t * minusSine);
  }
  return (sum * Math.PI * (Math.PI / 2)) / POINTS;
}
