import { compareTables } from '../../test/compare/compare-tables.ts';
import type { Diagnosis } from '../../src/core/findings.ts';
import { diagnose } from '../../src/diagnose/diagnose.ts';
import { measuredEffect } from '../../src/simulate/measured-effect.ts';
import type { MeasuredEffect } from '../../src/simulate/measured-effect.ts';
import type { PlannedShift } from '../../src/simulate/plan.ts';
import { planShift } from '../../src/simulate/plan-shift.ts';
import { tableOfRows } from '../../test/simulate/table-of-rows.ts';
import { simulate } from '../../src/simulate/world.ts';
import type { PlannedCase } from './case-plan.ts';

export interface PlayedCase {
  readonly planned: PlannedCase;
  readonly shift: PlannedShift;
  readonly effect: MeasuredEffect;
  readonly diagnosis: Diagnosis;
  /** The verdict is the right one; of a fault also its name and its column. */
  readonly isRight: boolean;
  readonly meetsBar: boolean;
}

/** Draws the rows of a case, compares and diagnoses them as `compare` does. */
export function playCase(planned: PlannedCase): PlayedCase {
  const { family, task, model, rows, request, seed } = planned;
  const shift = planShift(family, task, request, seed);
  const drawn = simulate(family, { seed, task, model, rows }, shift.change);
  const reference = tableOfRows(family, task, drawn.reference);
  const current = tableOfRows(family, task, drawn.current);
  const positiveClass = task === 'classification' ? family.classes[0] : null;
  const diagnosis = diagnose({
    task,
    positiveClass,
    compared: compareTables(reference, current, { task, positiveClass }),
    reference,
    current,
    options: { minRows: 200, minLabelled: 200, hasBaseline: true, labelsTested: true },
  });
  const effect = measuredEffect(family, task, drawn);
  const isNamed =
    shift.fault === null ||
    diagnosis.faults.some(({ fault, feature }) => fault === shift.fault && shift.features.includes(feature));
  return {
    planned,
    shift,
    effect,
    diagnosis,
    isRight: diagnosis.verdict === shift.verdict && isNamed,
    meetsBar: meetsBar(planned, shift, effect),
  };
}

const MIN_ROWS = 1_500;
const MANY_ROWS = 6_000;
/** Of the deployed model; in regression the correlation that a normal score with this AUC has. */
const MIN_SKILL = { classification: 0.7, regression: 0.35 } as const;
/** Of P(y); a label that is a number in its standard deviations, which for shares around a third are half as large. */
const MIN_LABEL = { classification: 0.1, regression: 0.2 } as const;
const MIN_CONCEPT = { classification: 0.15, regression: 0.3 } as const;

/** The sizes of a change that must be named right. Nothing and faults have no size. */
export function meetsBar(
  { task, rows }: Pick<PlannedCase, 'task' | 'rows'>,
  { kind, form }: PlannedShift,
  effect: MeasuredEffect,
): boolean {
  if (Math.min(rows.reference, rows.current) < MIN_ROWS) return false;
  const lost = Math.abs(effect.accuracy ?? 0) >= (rows.current >= MANY_ROWS ? 0.04 : 0.08);
  const inputs = Math.abs(effect.feature.deviations) >= 0.5;
  const concept = effect.concept >= MIN_CONCEPT[task];
  const isSkilled = effect.skill >= MIN_SKILL[task];
  switch (kind) {
    case 'covariate_shift':
      return inputs || lost;
    case 'label_shift':
      return isSkilled && (Math.abs(effect.label) >= MIN_LABEL[task] || lost);
    case 'concept_drift':
      return (concept || lost) && (form !== 'uniform' || isSkilled);
    case 'mixed':
      return inputs && concept;
    default:
      return true;
  }
}
