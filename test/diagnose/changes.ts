import type { VerdictKind } from '../../src/core/findings.ts';
import type { Fault } from '../../src/core/faults.ts';
import type { Change, RowName } from './office.ts';

export interface KnownChange {
  readonly name: string;
  readonly verdict: VerdictKind;
  readonly fault?: Fault;
  readonly feature?: RowName;
  readonly change: Change;
}

const fahrenheit = (celsius: number): number => Math.round(10 * (celsius * 1.8 + 32)) / 10;

/** Every way in which the simulated office can change, and what an honest diagnosis calls it. */
export const CHANGES: readonly KnownChange[] = [
  { name: 'nothing', verdict: 'none', change: {} },
  {
    name: 'younger applicants',
    verdict: 'covariate_shift',
    change: { inputs: (row) => ({ ...row, age: Math.max(18, row.age - 6) }) },
  },
  {
    name: 'more debt, less savings',
    verdict: 'covariate_shift',
    change: { inputs: (row) => ({ ...row, debt: row.debt + 0.5, savings: row.savings - 0.3 }) },
  },
  {
    name: 'another market',
    verdict: 'covariate_shift',
    change: {
      inputs: (row, draw) => ({
        ...row,
        country: draw.uniform() < 0.35 ? 'IT' : row.country,
        income: Math.round(row.income * 1.3),
      }),
    },
  },
  {
    name: 'wider spread of debt',
    verdict: 'covariate_shift',
    change: { inputs: (row) => ({ ...row, debt: 1.5 * row.debt }) },
  },
  {
    name: 'many more good cases',
    verdict: 'label_shift',
    change: {
      keep: (label) => (label > 1 ? Math.min(1, Math.max(0, (label - 30) / 40)) : label === 1 ? 1 : 0.35),
    },
  },
  {
    name: 'many more bad cases',
    verdict: 'label_shift',
    change: {
      keep: (label) => (label > 1 ? Math.min(1, Math.max(0, (70 - label) / 40)) : label === 1 ? 0.35 : 1),
    },
  },
  { name: 'everybody pays better', verdict: 'concept_drift', change: { concept: (index) => index + 0.9 } },
  { name: 'everybody pays worse', verdict: 'concept_drift', change: { concept: (index) => index - 0.8 } },
  {
    name: 'debt matters no more',
    verdict: 'concept_drift',
    change: { concept: (index, row) => index + 0.9 * row.debt },
  },
  {
    name: 'a fifth of the rows changed',
    verdict: 'concept_drift',
    change: { concept: (index, row) => (row.debt > 0.85 ? index + 1.6 : index) },
  },
  {
    name: 'one country changed',
    verdict: 'concept_drift',
    change: { concept: (index, row) => (row.country === 'FR' ? index - 1.2 : index) },
  },
  fault('income lost for a fifth', 'missing_spike', 'income', (row, draw) =>
    draw.uniform() < 0.2 ? { ...row, income: null } : row,
  ),
  fault('temperature in °F', 'unit_change', 'temperature', (row) => ({
    ...row,
    temperature: fahrenheit(row.temperature ?? 0),
  })),
  fault('income in thousands', 'unit_change', 'income', (row) => ({
    ...row,
    income: (row.income ?? 0) / 1000,
  })),
  fault('income in cents for a tenth', 'unit_change', 'income', (row, draw) =>
    draw.uniform() < 0.1 ? { ...row, income: (row.income ?? 0) * 100 } : row,
  ),
  fault('ratio stuck', 'constant_value', 'ratio', (row) => ({ ...row, ratio: 0.5 })),
  fault('-999 for savings', 'sentinel_fill', 'savings', (row, draw) =>
    draw.uniform() < 0.12 ? { ...row, savings: -999 } : row,
  ),
  fault('zeros for debt', 'sentinel_fill', 'debt', (row, draw) =>
    draw.uniform() < 0.1 ? { ...row, debt: 0 } : row,
  ),
  fault('lower-case countries', 'category_rename', 'country', (row) => ({
    ...row,
    country: row.country?.toLowerCase() ?? null,
  })),
  fault('numbered devices', 'category_rename', 'device', (row) => ({
    ...row,
    device: `d${(row.device ?? '').length}`,
  })),
  fault('age and temperature exchanged', 'swapped_columns', 'age', (row) => ({
    ...row,
    age: row.temperature,
    temperature: row.age,
  })),
  fault('debt and savings exchanged', 'swapped_columns', 'debt', (row) => ({
    ...row,
    debt: row.savings,
    savings: row.debt,
  })),
  fault('temperature negated', 'sign_flip', 'temperature', (row) => ({
    ...row,
    temperature: -(row.temperature ?? 0),
  })),
  fault('debt negated', 'sign_flip', 'debt', (row) => ({ ...row, debt: -(row.debt ?? 0) })),
];

function fault(
  name: string,
  kind: Fault,
  feature: RowName,
  pipeline: NonNullable<Change['pipeline']>,
): KnownChange {
  return { name, verdict: 'data_fault', fault: kind, feature, change: { pipeline } };
}
