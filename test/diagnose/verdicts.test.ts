import { expect, test } from 'vitest';
import type { Task } from '../../src/core/model.ts';
import { CHANGES } from './changes.ts';
import { inputOf, judge } from './judge.ts';
import { diagnose } from '../../src/diagnose/diagnose.ts';
import { simulate, type ModelKind } from './world.ts';

/** One of each task and model; seeds that nothing was tuned on. */
const SETTINGS: readonly { task: Task; model: ModelKind; seed: number }[] = [
  { task: 'classification', model: 'calibrated', seed: 770_001 },
  { task: 'classification', model: 'weak', seed: 880_001 },
  { task: 'regression', model: 'tree', seed: 990_001 },
  { task: 'regression', model: 'weak', seed: 660_001 },
];
const ROWS = { reference: 6_000, current: 1_500 };

test('a hundred known changes get their name', { timeout: 180_000 }, () => {
  const wrong: string[] = [];
  let cases = 0;
  for (const { task, model, seed } of SETTINGS) {
    for (const [index, known] of CHANGES.entries()) {
      const diagnosis = judge(task, simulate({ seed: seed + index, task, model, rows: ROWS }, known.change));
      const named =
        known.fault === undefined ||
        diagnosis.faults.some(({ fault, feature }) => fault === known.fault && feature === known.feature);
      cases += 1;
      if (diagnosis.verdict !== known.verdict || !named) {
        wrong.push(`${task} ${model} ${known.name}: ${diagnosis.verdict}, ${diagnosis.summary}`);
      }
    }
  }
  expect(cases).toBe(100);
  // Honest doubt is allowed for a few; a wrong shift in a world where nothing happened is not.
  expect(wrong.filter((line) => line.includes(' nothing:'))).toEqual([]);
  expect(wrong.length, wrong.join('\n')).toBeLessThanOrEqual(5);
});

const unchanged = (): ReturnType<typeof simulate> =>
  simulate({ seed: 550_001, task: 'classification', model: 'calibrated', rows: ROWS }, {});

test('without labels the concept is said to be untested, and inputs are judged all the same', () => {
  const younger = CHANGES.find((change) => change.name === 'younger applicants');
  const tables = simulate(
    { seed: 550_002, task: 'classification', model: 'calibrated', rows: ROWS },
    younger?.change ?? {},
  );
  const diagnosis = judge('classification', tables, { labelsTested: false });
  expect(diagnosis.verdict).toBe('covariate_shift');
  expect(diagnosis.not_tested).toContain('concept_drift');
  expect(diagnosis.advice).toBe('watch');
});

test('no baseline and too few rows are no verdict, and say why', () => {
  expect(judge('classification', unchanged(), { hasBaseline: false })).toMatchObject({
    verdict: 'undetermined',
    reason: 'no_baseline',
  });
  const few = simulate(
    { seed: 550_003, task: 'classification', model: 'calibrated', rows: { reference: 6_000, current: 150 } },
    {},
  );
  expect(judge('classification', few)).toMatchObject({ verdict: 'undetermined', reason: 'too_few_rows' });
});

test('a fault is advised to be mended, never trained on, and no number is NaN or infinite', () => {
  for (const known of CHANGES.filter((change) => change.fault !== undefined).slice(0, 4)) {
    const spec = { seed: 550_004, task: 'classification', model: 'calibrated', rows: ROWS } as const;
    const diagnosis = diagnose(inputOf('classification', simulate(spec, known.change)));
    expect(diagnosis.advice).toBe('fix_pipeline');
    expect(JSON.parse(JSON.stringify(diagnosis))).toEqual(diagnosis);
    for (const { value, p_value } of diagnosis.evidence) {
      expect(value === null || Number.isFinite(value)).toBe(true);
      expect(p_value === null || Number.isFinite(p_value)).toBe(true);
    }
  }
});

test('the same rows always give the same diagnosis', () => {
  expect(judge('classification', unchanged())).toEqual(judge('classification', unchanged()));
});
