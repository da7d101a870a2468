/** Inputs moved, and the relation with them: by one step for all, as another mix of labels makes it, or somewhere. */
import { describe, expect, test } from 'vitest';
import type { Diagnosis } from '../../src/core/findings.ts';
import type { WorldChange } from '../../src/simulate/change.ts';
import { FAMILIES } from '../../src/simulate/families/all-families.ts';
import type { ShiftRequest } from '../../src/simulate/plan.ts';
import { planShift } from '../../src/simulate/plan-shift.ts';
import { simulate } from '../../src/simulate/world.ts';
import { tableOfRows } from '../simulate/table-of-rows.ts';
import { judge } from './judge.ts';

const CREDIT = FAMILIES.find(({ name }) => name === 'credit')!;
const TASK = 'classification';

function judged(...requests: ShiftRequest[]): Diagnosis {
  const changes = requests.map((request) => planShift(CREDIT, TASK, request, 2).change);
  const change: WorldChange = Object.assign({}, ...changes);
  const rows = { reference: 6_000, current: 2_000 };
  const drawn = simulate(CREDIT, { seed: 2, task: TASK, model: 'imperfect', rows }, change);
  return judge(TASK, {
    reference: tableOfRows(CREDIT, TASK, drawn.reference),
    current: tableOfRows(CREDIT, TASK, drawn.current),
  });
}

describe('inputs and labels that moved together', () => {
  test('by another mix of labels: the prior is set anew, nothing is retrained', () => {
    const found = judged({ kind: 'covariate_shift' }, { kind: 'label_shift' });
    expect(found).toMatchObject({
      verdict: 'mixed',
      types: ['covariate_shift', 'label_shift'],
      advice: 'reweight',
    });
    expect(found.summary).toMatch(/the mix of labels changed by more than the inputs explain .* evenly/v);
    expect(found.summary).not.toContain('the relation to the label');
    const claims = found.evidence.map(({ claim }) => claim);
    expect(claims).toContainEqual(
      expect.stringMatching(/the odds of approve are × 0\.\d+ at the same features/v),
    );
    expect(claims).toContainEqual(
      expect.stringMatching(/^another mix of labels changed the odds of the label at the same features/v),
    );
  });

  test('by a concept that changed somewhere: the model has to learn it', () => {
    expect(judged({ kind: 'mixed', form: 'local' })).toMatchObject({
      verdict: 'mixed',
      types: ['covariate_shift', 'concept_drift'],
      advice: 'retrain',
    });
  });
});
