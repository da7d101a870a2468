import type { Table } from '../../src/core/table.ts';
import type { WorldChange as AnyChange } from '../../src/simulate/change.ts';
import { CREDIT } from '../../src/simulate/families/credit.ts';
import type { CreditRow } from '../../src/simulate/families/credit.ts';
import { tableOfRows } from '../simulate/table-of-rows.ts';
import { simulate as simulateRows } from '../../src/simulate/world.ts';
import type { WorldSpec } from '../../src/simulate/world.ts';

export type { WorldSpec };
export type Change = AnyChange<CreditRow>;
export type RowName = keyof CreditRow;

/** Reference and current tables of the credit office after this change. */
export function simulate(spec: WorldSpec, change: Change): { reference: Table; current: Table } {
  const { reference, current } = simulateRows(CREDIT, spec, change);
  return {
    reference: tableOfRows(CREDIT, spec.task, reference),
    current: tableOfRows(CREDIT, spec.task, current),
  };
}
