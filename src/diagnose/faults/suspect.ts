import type { Undoing } from './rows/rank-correlations.ts';

/** A suspect that fits the marginals; `correlations` say whether the relations between columns agree. */
export interface Suspect {
  readonly kind: 'flip' | 'swap';
  readonly features: readonly [string] | readonly [string, string];
  readonly correlations: 'refuted_and_restored' | 'silent' | 'against';
  readonly undoing: Undoing;
}
