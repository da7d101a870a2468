import type { FeatureKind } from '../table.ts';

const COLUMN_ROLES = ['feature', 'identifier', 'calendar', 'constant', 'doubtful', 'ignored'] as const;

/** What a column of the reference is taken for. */
export interface ColumnRole {
  name: string;
  /** How its cells are read; null where they are not. */
  kind: FeatureKind | null;
  role: (typeof COLUMN_ROLES)[number];
  /** Null: nothing about it is out of the ordinary. */
  why: string | null;
}
