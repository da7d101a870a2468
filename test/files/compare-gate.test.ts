/** What `compare` answers a script by its exit code: a column that is gone, and a loss without an explanation, do not pass. */
import { describe, expect, it } from 'vitest';
import { showsShift } from '../../src/files/compare/outcome.ts';
import type { FileComparison } from '../../src/core/findings.ts';
import { fileWith } from '../ingest/table/files.ts';
import { compare, loans } from './compare-run.ts';

/** A CSV with the column renamed, or without it. */
function changed(text: string, column: string, to: string | null): string {
  const [head = '', ...lines] = text.trimEnd().split('\n');
  const names = head.split(',');
  const at = names.indexOf(column);
  if (to !== null) return `${[names.with(at, to).join(','), ...lines].join('\n')}\n`;
  return `${[head, ...lines].map((line) => line.split(',').toSpliced(at, 1).join(',')).join('\n')}\n`;
}

const reference = (): string => fileWith('reference.csv', loans(1));

describe('a column that is gone', () => {
  it.each(['prediction', 'score', 'age'])('%s: is a fault, and the code says so', async (column) => {
    const current = fileWith('current.csv', changed(loans(2), column, null));
    const ran = await compare(reference(), current, '--json', '--no-multivariate');
    expect(ran.code).toBe(3);
    const { diagnosis } = JSON.parse(ran.out) as FileComparison;
    expect(diagnosis.verdict).toBe('data_fault');
    expect(diagnosis.faults).toContainEqual(
      expect.objectContaining({ feature: column, fault: 'missing_spike' }),
    );
    expect(ran.said).toMatch(new RegExp(`missing in every row.*${column}|${column}.*missing in every row`));
  });

  it.each(['prediction', 'income'])('%s: does not pass with too few rows to test either', async (column) => {
    const few = fileWith('current.csv', changed(loans(2, { rows: 40 }), column, null));
    const ran = await compare(reference(), few, '--json', '--no-multivariate');
    expect(ran.code).toBe(3);
    const { diagnosis, features, prediction } = JSON.parse(ran.out) as FileComparison;
    expect(diagnosis).toMatchObject({
      verdict: 'data_fault',
      advice: 'fix_pipeline',
      faults: [{ feature: column, fault: 'missing_spike', share: 1 }],
    });
    const found = [...features, { ...prediction, name: 'prediction' }].find(({ name }) => name === column);
    expect(found).toMatchObject({ status: 'fault', faults: ['missing_spike'], missing: { current: 1 } });
    const whole = fileWith('current.csv', loans(2, { rows: 40 }));
    expect((await compare(reference(), whole, '--no-multivariate')).code).toBe(0);
  });

  it('names the one it may have become, and the flag', async () => {
    const current = fileWith('current.csv', changed(loans(2), 'prediction', 'yhat'));
    const ran = await compare(reference(), current, '--no-multivariate');
    expect(ran).toMatchObject({ code: 3 });
    expect(ran.said).toContain('if it is yhat: --prediction yhat');
    expect((await compare(reference(), current, '--no-multivariate', '--prediction', 'yhat')).code).toBe(0);
    const feature = fileWith('current.csv', changed(loans(2), 'income', 'incomes'));
    expect((await compare(reference(), feature, '--no-multivariate')).said).toContain(
      'renamed income to incomes?',
    );
  });

  it('is no fault of labels, which come later', async () => {
    const current = fileWith('current.csv', changed(loans(2), 'label', null));
    expect((await compare(reference(), current, '--no-multivariate')).code).toBe(0);
    const named = fileWith('reference.csv', changed(loans(1), 'label', 'churned'));
    expect((await compare(named, current, '--no-multivariate', '--label', 'churned')).code).toBe(0);
  });

  it('has to be in one of the two files when it is named', async () => {
    const current = fileWith('current.csv', loans(2));
    await expect(compare(reference(), current, '--prediction', 'predicton')).rejects.toThrow(
      /has no column predicton/,
    );
  });
});

describe('a loss of performance', () => {
  /** The model's answers of some rows are turned around: inputs, labels and their relation stay. */
  function worse(text: string, share: number): string {
    const [head = '', ...lines] = text.trimEnd().split('\n');
    const names = head.split(',');
    const [prediction, score] = [names.indexOf('prediction'), names.indexOf('score')];
    const turned = lines.map((line, row) => {
      if (row % Math.round(1 / share) !== 0) return line;
      const cells = line.split(',');
      return cells
        .with(prediction, cells[prediction] === '1' ? '0' : '1')
        .with(score, '0.5')
        .join(',');
    });
    return `${[head, ...turned].join('\n')}\n`;
  }

  it('does not pass whatever the verdict, of a file, a window and a segment', async () => {
    const now = loans(2, { rows: 4_000 });
    const without = (text: string): string => changed(text, 'score', null);
    const [reference, fine, lost] = [
      fileWith('reference.csv', without(loans(1, { rows: 6_000 }))),
      fileWith('fine.csv', without(now)),
      fileWith('lost.csv', without(worse(now, 1 / 6))),
    ];
    for (const how of [[], ['--window', '1d'], ['--segments', 'country']]) {
      expect((await compare(reference, fine, '--no-multivariate', ...how)).code).toBe(0);
      const ran = await compare(reference, lost, '--json', '--no-multivariate', ...how);
      const found = JSON.parse(ran.out) as FileComparison & { windows?: FileComparison[] };
      const { diagnosis } = found.windows?.[0] ?? found;
      // The verdict is about the world and the pipeline, and neither moved.
      expect(['none', 'undetermined']).toContain(diagnosis.verdict);
      expect(diagnosis.summary).toContain('performance fell');
      expect(ran.code).toBe(3);
    }
  });

  const compared = (accuracy: number, p: number): FileComparison =>
    ({
      features: [],
      prediction: null,
      score: null,
      label: null,
      performance: {
        labelled: { reference: 1000, current: 1000, share: 1 },
        mature: true,
        metrics: { accuracy: { reference: 0.992, current: accuracy, interval: null, p_value: p } },
      },
      diagnosis: { verdict: 'undetermined' },
    }) as unknown as FileComparison;

  it('counts whatever the verdict, when it is beyond chance', () => {
    expect(showsShift(compared(0.9, 1e-12), false)).toBe(true);
    expect(showsShift(compared(0.98, 0.01), false)).toBe(false);
    expect(showsShift(compared(0.999, 1e-12), false)).toBe(false);
  });
});
