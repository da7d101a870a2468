/** What people say of a column; it stands above what was recognised. */
import { nearest } from '../nearest.ts';
import type { FeatureKind } from '../table.ts';

/** The first three say how cells are read; the others that the column is no feature. */
export const SAID_KINDS = ['numeric', 'categorical', 'boolean', 'identifier', 'calendar'] as const;
export type SaidKind = (typeof SAID_KINDS)[number];

export const IMPORTANCES = ['low', 'normal', 'high'] as const;
export type Importance = (typeof IMPORTANCES)[number];

export const DIRECTIONS = ['up', 'down', 'both'] as const;
export type Direction = (typeof DIRECTIONS)[number];

export interface FeatureSetting {
  /** Absent: what it looks like. */
  readonly kind?: SaidKind;
  /** Measured and shown, and in no flag and no verdict. */
  readonly ignore?: boolean;
  /** `low`: never more than `info`; `high`: one step more than its size says. */
  readonly importance?: Importance;
  /** Only rows that lie higher (lower) than before are a drift. Numbers, and booleans (true is higher). */
  readonly direction?: Direction;
  /** PSI beyond its noise from which a significant change is a drift. */
  readonly minEffect?: number;
}

export type FeatureSettings = ReadonlyMap<string, FeatureSetting>;

export const NO_SETTINGS: FeatureSettings = new Map();

/** Why a column is in no verdict. */
export const SET_ASIDE = ['ignored', 'identifier', 'calendar'] as const;
export type SetAside = (typeof SET_ASIDE)[number];

/** Null: the column counts. */
export function setAside(setting: FeatureSetting | undefined): SetAside | null {
  if (setting?.ignore === true) return 'ignored';
  return setting?.kind === 'identifier' || setting?.kind === 'calendar' ? setting.kind : null;
}

/** How the cells are to be read, where that was said. */
export function readAs(setting: FeatureSetting | undefined): FeatureKind | null {
  const kind = setting?.kind;
  return kind === undefined || kind === 'identifier' || kind === 'calendar' ? null : kind;
}

/** Columns that something was said of and that are not there. */
export function unknownColumns(
  settings: FeatureSettings,
  columns: Iterable<string>,
): { readonly name: string; readonly nearest: string | null }[] {
  const known = new Set(columns);
  return [...settings.keys()]
    .filter((name) => !known.has(name))
    .map((name) => ({ name, nearest: nearest(name, known) }));
}
