import type { Diagnosis, FeatureComparison, Performance } from '../findings.ts';

/** What all windows of an incident say together, up to one of them: sharper than the window's own verdict, and steadier. */
export interface JoinedVerdict {
  /** Start of the first of the windows. */
  readonly sinceMs: number;
  /** How many, and the rows in all of them. */
  readonly windows: number;
  readonly rows: number;
  /** Set where these are the last windows of more, in which something began that the others do not show. */
  readonly isNewest?: true;
  readonly diagnosis: Diagnosis;
  readonly performance: Performance | null;
  /** Those that moved, the gravest first. */
  readonly features: readonly FeatureComparison[];
}
