/** The invariant of DESIGN "One answer": no place in a file or a log shows in what is judged. */
import { describe, expect, it } from 'vitest';
import type { Task } from '../../src/core/model.ts';
import type { Table } from '../../src/core/table.ts';
import { concludeWindow } from '../../src/judge/conclude-window.ts';
import { FILES_POLICY } from '../../src/judge/policy.ts';
import { CLINIC } from '../../src/simulate/families/clinic.ts';
import { planShift } from '../../src/simulate/plan-shift.ts';
import type { ShiftRequest } from '../../src/simulate/plan.ts';
import { simulate } from '../../src/simulate/world.ts';
import { createRandom } from '../../src/stats/random.ts';
import { inCanonicalOrder } from '../../src/stats/table/canonical-rows.ts';
import { takeRows } from '../../src/stats/table/sample-rows.ts';
import { compareTables } from '../compare/compare-tables.ts';
import { tableOfRows } from '../simulate/table-of-rows.ts';

/** More than any step looks at (`pickRows`), so that each has to choose. */
const ROWS = { reference: 7_000, current: 6_500 };

function shuffled(table: Table, seed: number): Table {
  const random = createRandom(seed);
  const order = Int32Array.from({ length: table.rows }, (_, row) => row);
  for (let at = table.rows - 1; at > 0; at--) {
    const other = Math.floor((at + 1) * random());
    [order[at], order[other]] = [order[other]!, order[at]!];
  }
  return takeRows(table, order);
}

describe('a verdict', () => {
  it.each<[Task, ShiftRequest]>([
    [
      'classification',
      { kind: 'concept_drift', form: 'local', feature: 'age', end: 'low', share: 0.3, size: -2 },
    ],
    ['regression', { kind: 'covariate_shift', size: 0.5 }],
    ['classification', { kind: 'missing_spike', feature: 'card_months', share: 0.6, begins: 0.5 }],
  ])('does not depend on the order of rows: %s, $kind', { timeout: 120_000 }, (task, request) => {
    const { change } = planShift(CLINIC, task, request, 5);
    const rows = simulate(CLINIC, { seed: 5, task, model: 'calibrated', rows: ROWS }, change);
    const positiveClass = task === 'regression' ? null : CLINIC.classes[0];
    const judged = (...sides: [Table, Table]): string => {
      const [reference, current] = sides.map(inCanonicalOrder) as [Table, Table];
      return JSON.stringify(
        concludeWindow(
          {
            task,
            positiveClass,
            compared: compareTables(reference, current, { task, positiveClass }),
            reference,
            current,
            isHeldOut: false,
            maturity: null,
            together: true,
            options: { minRows: 200, minLabelled: 200, hasBaseline: true, labelsTested: true },
          },
          FILES_POLICY,
        ),
      );
    };
    const [reference, current] = [rows.reference, rows.current].map((side) =>
      tableOfRows(CLINIC, task, side),
    );
    const first = judged(reference!, current!);
    expect(judged(shuffled(reference!, 1), shuffled(current!, 2))).toBe(first);
    expect(first).not.toMatch(/NaN|Infinity/);
  });
});
