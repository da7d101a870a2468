import type { Maturity } from '../core/findings.ts';

/**
 * How far labels are in, in a few words; null without any.
 *
 * For example: '62 % labelled, 90 % expected, provisional'
 */
export function labelLine(maturity: Maturity | null): string | null {
  if (maturity === null) return null;
  const { labelled_share, expected_share, state, arrival_bias } = maturity;
  const parts = [`${percent(labelled_share)} labelled`];
  if (expected_share !== null) parts.push(`${percent(expected_share)} expected`);
  if (state === 'provisional') parts.push('provisional');
  if (arrival_bias.biased) parts.push(`labels differ from the rest in ${arrival_bias.feature ?? '?'}`);
  return parts.join(', ');
}

function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}
