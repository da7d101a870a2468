import type { ReferenceProfile } from '../stats/profile/feature-reference.ts';

/** A window that exists in the store, with what is needed to count into it. */
export interface WindowRef {
  readonly id: number;
  readonly modelVersionId: number;
  readonly sizeMs: number;
  readonly startMs: number;
  readonly endMs: number;
  /** Size of the windows that feed this one; null: everything is counted into it directly. */
  readonly paneMs: number | null;
  /** The baseline it was opened with; null: none existed then. It changes only where somebody has the window counted again. */
  readonly baselineId: number | null;
  readonly reference: ReferenceProfile | null;
}
