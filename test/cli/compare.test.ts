import { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { register } from '../../src/cli/compare/compare.ts';
import { systemClock } from '../../src/core/clock.ts';
import { UserError } from '../../src/core/errors.ts';
import type { Comparison } from '../../src/core/findings.ts';
import { createRandom } from '../../src/stats/random.ts';
import { fileWith, jsonLines } from '../ingest/table/files.ts';

interface Ran {
  readonly out: string;
  readonly said: string;
  readonly code: number;
}

async function compare(...args: string[]): Promise<Ran> {
  const ran = { out: '', said: '', code: 0 };
  const program = new Command().exitOverride();
  register(program, {
    clock: systemClock,
    configPath: () => 'shiftwatch.yaml',
    config: () => Promise.reject(new Error('no model was named')),
    env: { NO_COLOR: '1' },
    isTerminal: false,
    print: (text) => (ran.out += text),
    say: (text) => (ran.said += text),
    exitWith: (code) => (ran.code = code),
  });
  // What all columns together show is tested by itself, and takes the longest.
  await program.parseAsync(['compare', ...args, '--no-multivariate'], { from: 'user' });
  return ran;
}

type Row = Record<string, string | number | boolean | null>;

/** Two thousand loans; `shift` moves the age, `missing` is the share of incomes not there. */
function loans(seed: number, { shift = 0, missing = 0 } = {}): Row[] {
  const random = createRandom(seed);
  return Array.from({ length: 2000 }, (_, row) => {
    const age = 20 + 40 * random() + shift;
    const score = 1 / (1 + Math.exp(-(age - 40) / 8));
    return {
      prediction_id: `0${row}`,
      age,
      income: random() < missing ? null : 1000 + 3000 * random(),
      country: random() < 0.5 ? 'DE' : 'FR',
      label: random() < score ? 1 : 0,
      prediction: score > 0.5 ? 1 : 0,
      score,
    };
  });
}

function without(row: Row, name: string): Row {
  return Object.fromEntries(Object.entries(row).filter(([key]) => key !== name));
}

function csv(rows: readonly Row[]): string {
  const names = Object.keys(rows[0] ?? {});
  const lines = rows.map((row) => names.map((name) => row[name] ?? '').join(','));
  return `${[names.join(','), ...lines].join('\n')}\n`;
}

const reference = (): string => fileWith('reference.csv', csv(loans(1)));

/** Every number of a JSON text, and that null stands for what is none. */
function parsed(
  out: string,
): Comparison & { performance: Record<string, { reference: number; current: number }> } {
  return JSON.parse(out);
}

describe('compare', () => {
  it('finds nothing between two samples of one world, and ends with 0', async () => {
    const ran = await compare(reference(), fileWith('current.csv', csv(loans(2))));
    expect(ran.code).toBe(0);
    expect(ran.said).toBe('');
    expect(ran.out).toContain('2,000 reference rows, 2,000 current rows');
    expect(ran.out).toMatch(/^age +numeric +ok /m);
    expect(ran.out).toMatch(/^Verdict: none/m);
    expect(ran.out).toMatch(/^Advice: none/m);
  });

  it('prints the whole finding as JSON, and ends with 3 when the world has moved', async () => {
    const current = fileWith('current.jsonl', jsonLines(loans(2, { shift: 5 })));
    const ran = await compare(reference(), current, '--json');
    expect(ran.code).toBe(3);
    const json = parsed(ran.out);
    expect(Object.keys(json)).toEqual(
      expect.arrayContaining([
        'reference',
        'current',
        'features',
        'prediction',
        'score',
        'label',
        'performance',
        'diagnosis',
      ]),
    );
    expect(json.reference).toEqual({ rows: 2000 });
    const age = json.features.find(({ name }) => name === 'age');
    expect(age).toMatchObject({ kind: 'numeric', status: 'drift', drifted: true, faults: [] });
    expect(age?.metrics.psi).toBeGreaterThan(0.05);
    expect(age?.metrics.ks).toMatchObject({ statistic: expect.any(Number), p_value: expect.any(Number) });
    expect(json.features.map(({ name }) => name)).toEqual(['age', 'income', 'country']);
    expect(json.performance['accuracy']).toMatchObject({
      reference: expect.any(Number),
      current: expect.any(Number),
    });
    expect(json.diagnosis.verdict).toBe('covariate_shift');
    expect(json.diagnosis.types).toEqual(['covariate_shift']);
    expect(ran.out).not.toMatch(/NaN|Infinity/);
  });

  it('names a fault and what to do', async () => {
    const ran = await compare(reference(), fileWith('current.csv', csv(loans(2, { missing: 0.3 }))));
    expect(ran.code).toBe(3);
    expect(ran.out).toMatch(/^income +numeric +fault: missing_spike .* 0 % → (2[7-9]|3[0-3]) %/m);
    expect(ran.out).toMatch(/^Advice: fix pipeline/m);
  });

  it('ends with 3 for the verdicts that --fail-on names alone', async () => {
    const current = fileWith('current.jsonl', jsonLines(loans(2, { shift: 5 })));
    const codeWith = async (verdicts: string): Promise<number> =>
      (await compare(reference(), current, '--fail-on', verdicts)).code;
    expect(await codeWith('data_fault,concept-drift')).toBe(0);
    expect(await codeWith('data_fault,covariate_shift')).toBe(3);
    expect(await codeWith('any')).toBe(3);
    const isGone = fileWith('current.csv', csv(loans(2).map((row) => without(row, 'income'))));
    expect((await compare(reference(), isGone, '--fail-on', 'data_fault')).code).toBe(3);
    expect((await compare(reference(), isGone, '--fail-on', 'label_shift')).code).toBe(0);
    await expect(codeWith('drift')).rejects.toThrow(/Verdicts are covariate_shift, .*undetermined; or any/);
  });

  it('says what it cannot test without labels', async () => {
    const withoutLabels = loans(2, { shift: 5 }).map((row) => without(row, 'label'));
    const ran = await compare(reference(), fileWith('current.csv', csv(withoutLabels)), '--json');
    expect(parsed(ran.out).label).toBeNull();
    expect(parsed(ran.out).diagnosis.not_tested).toContain('concept_drift');
  });

  it('prints statistics of few rows all the same, without a flag', async () => {
    const few = fileWith('current.csv', csv(loans(2, { shift: 30 }).slice(0, 50)));
    const ran = await compare(reference(), few, '--json');
    const json = parsed(ran.out);
    expect(json.features[0]).toMatchObject({ name: 'age', status: 'insufficient', drifted: false });
    expect(json.features[0]?.metrics.psi).toBeGreaterThan(0.25);
    expect(json.diagnosis).toMatchObject({ verdict: 'undetermined', reason: 'too_few_rows' });
    expect(ran.code).toBe(0);
  });

  it('renames, chooses and reads columns as told', async () => {
    const renamed = (rows: Row[]): string =>
      csv(
        rows.map(({ label, prediction, ...rest }) => ({
          ...rest,
          y: label ?? null,
          y_hat: prediction ?? null,
          grade: '01',
        })),
      );
    const ran = await compare(
      fileWith('reference.csv', renamed(loans(1))),
      fileWith('current.csv', renamed(loans(2))),

      '--json',
      '--label',
      'y',
      '--prediction',
      'y_hat',
      '--exclude',
      'income',
      '--exclude',
      'country',
      '--numeric',
      'grade',

      '--positive-class',
      '0',
      '--task',
      'classification',
    );
    const json = parsed(ran.out);
    expect(json.features.map(({ name, kind }) => [name, kind])).toEqual([
      ['age', 'numeric'],
      ['grade', 'numeric'],
    ]);
    expect(json.label).not.toBeNull();
    expect(json.prediction).not.toBeNull();
  });

  it('tells what it left out', async () => {
    const dated = (rows: Row[]): string => csv(rows.map((row) => ({ ...row, day: '2026-03-01' })));
    const current = csv(loans(2).map((row) => ({ ...without(row, 'country'), extra: 1 })));
    const ran = await compare(fileWith('r.csv', dated(loans(1))), fileWith('c.csv', current));
    expect(ran.said).toMatch(/note: .*r\.csv: day is left out: it holds dates/);
    expect(ran.said).toMatch(/note: .*c\.csv: not in the file, so missing in every row: country/);
    expect(ran.said).toMatch(/note: .*c\.csv: not in the reference, so not compared: extra/);
  });

  it('names the flags and the columns where nobody said which hold outputs', async () => {
    const written = (rename: (row: Row) => Row) =>
      [1, 2].map((seed) => fileWith(`${seed}.csv`, csv(loans(seed).map(rename))));
    const noteOf = async (files: readonly string[], ...flags: string[]) =>
      /^note: .*1\.csv:? (.*)$/m.exec((await compare(...files, ...flags)).said)?.[1];
    const usual = written(({ label, prediction, score, ...row }) => ({
      ...row,
      y_true: label ?? null,
      y_pred: prediction ?? null,
      y_score: score ?? null,
    }));
    expect(await noteOf(usual)).toBe(
      'y_pred, y_score, y_true are read as features; where meant as prediction, score, label: --prediction y_pred --score y_score --label y_true',
    );
    expect(await noteOf(usual, '--prediction', 'y_pred', '--score', 'y_score')).toBe(
      'y_true is read as a feature; where meant as label: --label y_true',
    );
    // Who says so has said it.
    const asFeatures = ['--numeric', 'y_score', '--categorical', 'y_true', '--categorical', 'y_pred'];
    expect(await noteOf(usual, ...asFeatures)).toBeUndefined();
    const others = written(({ age, income, country }) => ({ age: age!, income: income!, country: country! }));
    expect(await noteOf(others)).toBeUndefined();
    expect(await noteOf([reference(), reference()])).toBeUndefined();
  });

  it('says when only some rows have labels, and those are not like the others', async () => {
    const approved = loans(2).map((row) => (row['prediction'] === 1 ? row : { ...row, label: null }));
    const files = [reference(), fileWith('approved.csv', csv(approved))] as const;
    const { performance } = JSON.parse((await compare(...files, '--json')).out);
    expect(performance.maturity).toMatchObject({
      labelled_share: performance.labelled.share,
      expected_share: null,
      state: 'mature',
      reason: 'file',
      arrival_bias: { tested: true, biased: true, feature: 'prediction', distance: 1 },
    });
    expect((await compare(...files)).out).toContain(
      'labelled rows differ from the others in prediction (distance 1): the figures are about them, not about all',
    );

    const some = loans(2).map((row, at) => (at % 3 === 0 ? row : { ...row, label: null }));
    const fair = await compare(reference(), fileWith('some.csv', csv(some)), '--json');
    expect(JSON.parse(fair.out).performance.maturity.arrival_bias).toMatchObject({
      tested: true,
      biased: false,
    });
    const all = await compare(reference(), fileWith('all.csv', csv(loans(2))), '--json');
    expect(JSON.parse(all.out).performance).not.toHaveProperty('maturity');
  });

  it('refuses files that have nothing in common', async () => {
    const failed = compare(reference(), fileWith('current.csv', 'x,y\n1,2\n'));
    await expect(failed).rejects.toBeInstanceOf(UserError);
    await expect(failed).rejects.toMatchObject({
      message: expect.stringContaining('have no columns in common'),
      fix: 'The reference has age, income, country.',
    });
  });

  it('shows names from files without obeying them', async () => {
    const hostile = (seed: number): string => {
      const random = createRandom(seed);
      return `"a\u001b[31m",b\n${Array.from({ length: 300 }, () => `${random()},${random()}\n`).join('')}`;
    };
    const ran = await compare(fileWith('r.csv', hostile(1)), fileWith('c.csv', hostile(2)));
    expect(ran.out).not.toContain('\u001b');
  });
});
