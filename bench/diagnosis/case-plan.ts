import type { Task } from '../../src/core/model.ts';
import { FAMILIES } from '../../src/simulate/families/all-families.ts';
import type { Family, ModelKind } from '../../src/simulate/family.ts';
import { MODEL_KINDS } from '../../src/simulate/family.ts';
import { draws } from '../../src/simulate/draws.ts';
import { pick, SIMULATED_FAULTS } from '../../src/simulate/plan.ts';
import type { ShiftRequest } from '../../src/simulate/plan.ts';

export interface PlannedCase {
  readonly family: Family;
  readonly task: Task;
  readonly model: ModelKind;
  readonly rows: { readonly reference: number; readonly current: number };
  readonly request: ShiftRequest;
  readonly seed: number;
}

/** The diagnosis was made on the others; this one was first run for the figures in the documentation. */
export const HELD_BACK = 'rides';

export type Series = 'develop' | 'final';

/** Seeds of the two series never meet. */
const FIRST_SEED: Readonly<Record<Series, number>> = { develop: 41_000_000, final: 77_000_000 };

/** Every way in which the world changes; mixed in each form of the concept. */
const SHIFTS: readonly ShiftRequest[] = [
  { kind: 'covariate_shift', form: 'mean' },
  { kind: 'covariate_shift', form: 'scale' },
  { kind: 'covariate_shift', form: 'mix' },
  { kind: 'label_shift' },
  { kind: 'label_shift' },
  { kind: 'concept_drift', form: 'uniform' },
  { kind: 'concept_drift', form: 'local' },
  { kind: 'concept_drift', form: 'local' },
  { kind: 'concept_drift', form: 'rotation' },
  { kind: 'mixed', form: 'local' },
];

const CASE_SEED = 0x0ca5e;
const TASKS: readonly Task[] = ['classification', 'regression'];
/** Most windows are small: that is where it is hard. */
const CURRENT_ROWS = [1_500, 1_500, 1_500, 2_000, 1_500, 1_500, 3_000, 1_500, 1_500, 1_500, 6_000];
const REFERENCE_ROWS = [3_000, 3_000, 4_000];

export interface CaseCounts {
  readonly shifts: number;
  readonly nulls: number;
  readonly faults: number;
}

/** The cases of a series: kinds and faults in turn; family, task, model and sizes drawn by the seed of the case. */
export function planCases(series: Series, counts: CaseCounts, families: readonly Family[]): PlannedCase[] {
  const requests: ShiftRequest[] = [
    ...Array.from({ length: counts.shifts }, (_, i) => SHIFTS[i % SHIFTS.length]!),
    ...Array.from({ length: counts.nulls }, (): ShiftRequest => ({ kind: 'none' })),
    ...Array.from({ length: counts.faults }, (_, i): ShiftRequest => ({
      kind: SIMULATED_FAULTS[i % SIMULATED_FAULTS.length]!,
    })),
  ];
  return requests.map((request, i) => {
    const seed = FIRST_SEED[series] + 7 * i;
    const draw = draws(seed ^ CASE_SEED);
    return {
      family: pick(draw, families),
      task: pick(draw, TASKS),
      model: pick(draw, MODEL_KINDS),
      rows: { reference: pick(draw, REFERENCE_ROWS), current: pick(draw, CURRENT_ROWS) },
      request,
      seed,
    };
  });
}

export function familiesOf(series: Series): Family[] {
  return FAMILIES.filter(({ name }) => series === 'final' || name !== HELD_BACK);
}
