import type { Undoing } from '../rows/rank-correlations.ts';

/** A suspect that fits the marginals; `correlations` say whether the relations between columns agree. */
export interface Suspect {
  readonly kind: 'flip' | 'swap';
  readonly features: readonly [string] | readonly [string, string];
  /** Of a flip: x became `about` − x. 0 is a lost sign; the two ends of a scale together are a scale that was turned round. */
  readonly about: number;
  /** Whether that leads beyond all the column had, as years of birth do where ages were. */
  readonly isElsewhere: boolean;
  /** Whether in the reference's own stretches it went the other way round with the others, too. */
  readonly wanders: boolean;
  readonly correlations: 'refuted_and_restored' | 'silent' | 'against';
  readonly undoing: Undoing;
}
