import { describe, expect, test } from 'vitest';
import type { Diagnosis } from '../../src/core/findings.ts';
import type { Table } from '../../src/core/table.ts';
import { applyFaults } from '../../src/diagnose/apply-faults.ts';
import { diagnose } from '../../src/diagnose/diagnose.ts';
import { CHANGES } from './changes.ts';
import { inputOf, judge } from './judge.ts';
import { levels, numeric } from '../simulate/table-of-rows.ts';
import { simulate } from './office.ts';
import type { Change, WorldSpec } from './office.ts';

const WORLD: WorldSpec = {
  seed: 11,
  task: 'classification',
  model: 'calibrated',
  rows: { reference: 3000, current: 1500 },
};

function changeNamed(name: string): Change {
  const known = CHANGES.find((change) => change.name === name);
  if (known === undefined) throw new Error(`no change called ${name}`);
  return known.change;
}

function withoutLabels(tables: { reference: Table; current: Table }): { reference: Table; current: Table } {
  return { reference: tables.reference, current: { ...tables.current, label: null } };
}

/** Every number of a value, wherever it sits. */
function numbersIn(value: unknown): number[] {
  if (typeof value === 'number') return [value];
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value).flatMap(numbersIn);
}

function expectPrintable(diagnosis: Diagnosis): void {
  expect(numbersIn(diagnosis).filter((number) => !Number.isFinite(number))).toEqual([]);
  expect(JSON.parse(JSON.stringify(diagnosis))).toEqual(diagnosis);
  expect(diagnosis.confidence).toBeGreaterThanOrEqual(0);
  expect(diagnosis.confidence).toBeLessThanOrEqual(1);
  expect(diagnosis.summary).toMatch(/^[A-Z].*\.$/s);
  expect(diagnosis.summary).not.toContain('\n');
}

describe('what cannot be judged', () => {
  const tables = simulate(WORLD, {});

  test('no baseline', () => {
    const diagnosis = judge('classification', tables, { hasBaseline: false });
    expect(diagnosis).toMatchObject({ verdict: 'undetermined', reason: 'no_baseline', advice: 'watch' });
    expectPrintable(diagnosis);
  });

  test('too few rows', () => {
    const few = simulate({ ...WORLD, rows: { reference: 3000, current: 150 } }, {});
    const diagnosis = judge('classification', few);
    expect(diagnosis).toMatchObject({ verdict: 'undetermined', reason: 'too_few_rows', types: [] });
    expect(diagnosis.summary).toContain('150');
    expectPrintable(diagnosis);
  });

  test('labels that came early and already differ, and nothing else', () => {
    const early = simulate(WORLD, { concept: (index) => index + 2 });
    const diagnosis = judge('classification', early, { labelsTested: false });
    expect(diagnosis).toMatchObject({ verdict: 'undetermined', reason: 'labels_immature', advice: 'watch' });
    expect(diagnosis.not_tested).toContain('concept_drift');
  });

  test('fewer labels than asked for count as none', () => {
    const diagnosis = judge('classification', simulate({ ...WORLD, labelled: 0.05 }, {}));
    expect(diagnosis).toMatchObject({ verdict: 'none', not_tested: ['concept_drift'] });
  });

  test('without row samples the inputs and the shares are still judged', () => {
    const moved = inputOf('classification', simulate(WORLD, changeNamed('another market')));
    const diagnosis = diagnose({ ...moved, reference: null, current: null });
    expect(diagnosis.verdict).toBe('covariate_shift');
    const lost = inputOf('classification', simulate(WORLD, changeNamed('income lost for a fifth')));
    expect(diagnose({ ...lost, reference: null, current: null }).faults[0]).toMatchObject({
      fault: 'missing_spike',
      feature: 'income',
    });
  });
});

describe('without labels', () => {
  test('nothing: concept drift is named as not tested', () => {
    const diagnosis = judge('classification', withoutLabels(simulate(WORLD, {})));
    expect(diagnosis).toMatchObject({ verdict: 'none', not_tested: ['concept_drift'], advice: 'none' });
  });

  test('a covariate shift that no mix of classes explains rules label shift out', () => {
    const tables = withoutLabels(simulate(WORLD, changeNamed('another market')));
    const diagnosis = judge('classification', tables);
    expect(diagnosis).toMatchObject({
      verdict: 'covariate_shift',
      types: ['covariate_shift'],
      not_tested: ['concept_drift'],
      advice: 'watch',
    });
  });

  test('a label shift is possible, and said to be not told apart', () => {
    const tables = withoutLabels(simulate(WORLD, changeNamed('many more bad cases')));
    const diagnosis = judge('classification', tables);
    expect(diagnosis.verdict).toBe('covariate_shift');
    expect(diagnosis.not_tested).toEqual(['label_shift', 'concept_drift']);
    expect(diagnosis.evidence.some(({ claim }) => claim.includes('label shift is possible'))).toBe(true);
  });

  test('faults are found', () => {
    const tables = withoutLabels(simulate(WORLD, changeNamed('temperature in °F')));
    expect(judge('classification', tables)).toMatchObject({ verdict: 'data_fault', advice: 'fix_pipeline' });
  });
});

describe('advice', () => {
  test('a covariate shift that cost nothing is watched', () => {
    const tables = simulate(WORLD, changeNamed('another market'));
    expect(judge('classification', tables)).toMatchObject({ verdict: 'covariate_shift', advice: 'watch' });
  });

  test('a covariate shift that cost accuracy asks for a retrain', () => {
    const input = inputOf('classification', simulate(WORLD, changeNamed('another market')));
    const performance = {
      labelled: { reference: 3000, current: 1500, share: 1 },
      mature: true,
      metrics: {
        accuracy: {
          reference: 0.86,
          current: 0.71,
          interval: [0.69, 0.73] as [number, number],
          p_value: 1e-12,
        },
      },
    };
    const diagnosis = diagnose({ ...input, compared: { ...input.compared, performance } });
    expect(diagnosis).toMatchObject({ verdict: 'covariate_shift', advice: 'retrain' });
    expect(diagnosis.summary).toContain('accuracy 86.0 % → 71.0 %');
  });

  test('concept drift asks for a retrain, label shift for new weights', () => {
    const concept = simulate(WORLD, changeNamed('debt matters no more'));
    expect(judge('classification', concept)).toMatchObject({ verdict: 'concept_drift', advice: 'retrain' });
    const label = simulate(WORLD, changeNamed('many more bad cases'));
    expect(judge('classification', label)).toMatchObject({ verdict: 'label_shift', advice: 'reweight' });
  });
});

describe('more than one thing at once', () => {
  test('a fault and a changed concept: both are named, the pipeline comes first', () => {
    const change: Change = {
      pipeline: changeNamed('temperature in °F').pipeline!,
      concept: (index, row) => index + 1.8 * row.debt,
    };
    const diagnosis = judge('classification', simulate(WORLD, change));
    expect(diagnosis).toMatchObject({ verdict: 'mixed', advice: 'fix_pipeline' });
    expect(diagnosis.types).toEqual(['data_fault', 'concept_drift']);
    expect(diagnosis.summary).toContain('temperature');
  });

  test('moved inputs and a changed concept', () => {
    const change: Change = {
      inputs: (row) => ({ ...row, age: Math.max(18, row.age - 8) }),
      concept: (index, row) => index + 1.6 * row.debt,
    };
    const diagnosis = judge('classification', simulate(WORLD, change));
    expect(diagnosis).toMatchObject({ verdict: 'mixed', advice: 'retrain' });
    expect(diagnosis.types).toEqual(['covariate_shift', 'concept_drift']);
  });

  test('a fault that lowers accuracy is not concept drift', () => {
    const diagnosis = judge('classification', simulate(WORLD, changeNamed('debt negated')));
    expect(diagnosis.types).toEqual(['data_fault']);
    expect(diagnosis.evidence.some(({ claim }) => claim.includes('not to be trusted'))).toBe(true);
  });
});

describe('the answer itself', () => {
  test.each(CHANGES.map(({ name, change }) => ({ name, change })))('prints as JSON: $name', ({ change }) => {
    const spec = { ...WORLD, rows: { reference: 1200, current: 600 }, labelled: 0.8 };
    expectPrintable(judge('classification', simulate(spec, change)));
  });

  test('is the same every time', () => {
    const tables = simulate(WORLD, changeNamed('a fifth of the rows changed'));
    expect(judge('classification', tables)).toEqual(judge('classification', tables));
  });

  test('names at most three columns in its sentence', () => {
    const change: Change = {
      inputs: (row) => ({
        ...row,
        age: row.age + 12,
        debt: row.debt + 1,
        savings: row.savings + 1,
        temperature: row.temperature + 9,
        visits: row.visits + 3,
      }),
    };
    expect(judge('classification', simulate(WORLD, change)).summary).toMatch(/and [1-9] more/);
  });

  test('survives columns that are empty, constant, infinite or of another kind', () => {
    const odd = (rows: number, current: boolean): Table => ({
      rows,
      features: [
        numeric(
          'empty',
          Array.from({ length: rows }, () => null),
        ),
        numeric(
          'constant',
          Array.from({ length: rows }, () => 3),
        ),
        numeric(
          'wild',
          Array.from({ length: rows }, (_, i) => (i % 9 === 0 ? Infinity : i % 13)),
        ),
        numeric(
          'huge',
          Array.from({ length: rows }, (_, i) => (i % 2 === 0 ? 1e308 : -1e308)),
        ),
        levels(
          'nameless',
          Array.from({ length: rows }, (_, i) => (i % 3 === 0 ? '__proto__' : '')),
        ),
        current
          ? levels(
              'typed',
              Array.from({ length: rows }, (_, i) => `v${i % 4}`),
            )
          : numeric(
              'typed',
              Array.from({ length: rows }, (_, i) => i % 40),
            ),
      ],
      prediction: null,
      score: null,
      label: levels(
        'label',
        Array.from({ length: rows }, () => 'approve'),
      ),
      timestampMs: null,
      predictionId: null,
    });
    const diagnosis = judge('classification', { reference: odd(600, false), current: odd(400, true) });
    expectPrintable(diagnosis);
    expect(diagnosis.faults).toMatchObject([{ fault: 'type_change', feature: 'typed' }]);
  });
});

describe('applyFaults', () => {
  test('marks the faulty feature, mutes its drift and leaves the rest alone', () => {
    const input = inputOf('classification', simulate(WORLD, changeNamed('temperature in °F')));
    const { faults } = diagnose(input);
    const marked = applyFaults(input.compared, faults).features;
    const before = input.compared.features.find(({ name }) => name === 'temperature');
    const after = marked.find(({ name }) => name === 'temperature');
    expect(before).toMatchObject({ status: 'drift', drifted: true });
    expect(after).toMatchObject({
      status: 'fault',
      drifted: false,
      severity: 'none',
      faults: ['unit_change'],
    });
    expect(after?.metrics).toEqual(before?.metrics);
    expect(marked.filter(({ name }) => name !== 'temperature')).toEqual(
      input.compared.features.filter(({ name }) => name !== 'temperature'),
    );
  });

  test('marks both of two exchanged columns', () => {
    const input = inputOf('classification', simulate(WORLD, changeNamed('age and temperature exchanged')));
    const marked = applyFaults(input.compared, diagnose(input).faults).features;
    expect(marked.filter(({ status }) => status === 'fault').map(({ name }) => name)).toEqual([
      'age',
      'temperature',
    ]);
  });
});
