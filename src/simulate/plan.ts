import type { ShiftKind, VerdictKind } from '../core/findings.ts';
import type { Fault } from '../core/faults.ts';
import type { WorldChange } from './change.ts';
import type { Draws } from './draws.ts';
import type { Family } from './family.ts';
import type { Stratum } from './moved-concept.ts';

/** Those of the faults that a family's pipeline can be broken by. */
export const SIMULATED_FAULTS = [
  'unit_change',
  'missing_spike',
  'constant_value',
  'sentinel_fill',
  'category_rename',
  'type_change',
  'out_of_range',
  'swapped_columns',
  'sign_flip',
] as const satisfies readonly Fault[];
export type SimulatedFault = (typeof SIMULATED_FAULTS)[number];

export const SIMULATED_KINDS = [
  'none',
  'covariate_shift',
  'label_shift',
  'concept_drift',
  'mixed',
  ...SIMULATED_FAULTS,
] as const;
export type SimulatedKind = (typeof SIMULATED_KINDS)[number];

export const COVARIATE_FORMS = ['mean', 'scale', 'mix'] as const;
export const CONCEPT_FORMS = ['uniform', 'local', 'rotation'] as const;
export type Form = (typeof COVARIATE_FORMS)[number] | (typeof CONCEPT_FORMS)[number];

/** What is left open is chosen by the seed. */
export interface ShiftRequest {
  readonly kind: SimulatedKind;
  readonly form?: Form;
  readonly feature?: string;
  /** Covariate shift: in standard deviations. Label shift: of P(y), in regression in standard deviations. Concept: in log odds; rotation: in right angles. */
  readonly size?: number;
  /** Faults: of the rows that are broken. Concept in a stratum: of the rows that it holds. */
  readonly share?: number;
  /** Which end of the feature the stratum lies at. */
  readonly end?: 'low' | 'high';
  /** Faults: share of the window before the pipeline breaks. */
  readonly begins?: number;
}

export interface PlannedShift {
  readonly kind: SimulatedKind;
  readonly form: Form | null;
  readonly verdict: VerdictKind;
  readonly types: readonly ShiftKind[];
  readonly fault: Fault | null;
  /** Columns that move or are broken; for a concept those along which it changes. */
  readonly features: readonly string[];
  readonly size: number | null;
  readonly share: number | null;
  readonly stratum: Stratum | null;
  readonly change: WorldChange;
  /** One sentence. */
  readonly description: string;
}

export type Plan = Partial<Omit<PlannedShift, 'kind' | 'verdict' | 'types' | 'fault'>> & {
  readonly description: string;
};

/** Numbers that the world can move. */
export function movable(family: Family): string[] {
  return family.features.flatMap((feature) =>
    feature.kind === 'numeric' && feature.scale !== 'fixed' ? [feature.name] : [],
  );
}

export function pick<T>(draw: Draws, items: readonly T[]): T {
  const item = items[draw.choice(items.map(() => 1))];
  if (item === undefined) throw new Error('nothing to choose from');
  return item;
}
