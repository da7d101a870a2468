import type { Features, LabelSource } from '../core/events/events.ts';

/** A prediction as it was kept, with the label that counts: what a training pipeline learns from. */
export interface LabelledRow {
  readonly eventMs: number;
  readonly modelVersion: string;
  readonly prediction: string | number | null;
  readonly score: number | null;
  readonly holdout: boolean;
  readonly label: {
    readonly value: string | number;
    readonly source: LabelSource;
    readonly final: boolean;
    readonly atMs: number;
  } | null;
  readonly features: Features;
}
