import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { FileComparison, Performance } from '../../src/core/findings.ts';
import { createRandom } from '../../src/stats/random.ts';
import { fileWith } from '../ingest/table/files.ts';
import { compare } from './compare-run.ts';

interface Customer {
  readonly usage: number;
  readonly sex: string;
  readonly hour: number;
  readonly score: number;
  readonly prediction: number;
  readonly label: number;
  readonly holdout: boolean;
}

/** Half of those whom the model points out are called and stay; of the hold-out nobody is called. */
function customers(seed: number, { acted }: { acted: boolean }): Customer[] {
  const random = createRandom(seed);
  return Array.from({ length: 3_000 }, (_, row) => {
    const usage = random();
    const score = 0.05 + 0.9 * usage;
    const prediction = score > 0.5 ? 1 : 0;
    const truth = random() < score ? 1 : 0;
    const holdout = acted && random() < 0.3;
    const called = acted && !holdout && prediction === 1 && random() < 0.5;
    return {
      usage,
      sex: random() < 0.4 ? 'f' : 'm',
      hour: row < 1_500 ? 0 : 1,
      score,
      prediction,
      label: called ? 0 : truth,
      holdout,
    };
  });
}

function csv(rows: readonly Customer[], withHoldout = true): string {
  const names = ['usage', 'sex', 'score', 'prediction', 'label', 'timestamp'];
  const head = withHoldout ? [...names, 'holdout'] : names;
  const lines = rows.map(({ usage, sex, score, prediction, label, hour, holdout }) =>
    [
      usage,
      sex,
      score,
      prediction,
      label,
      new Date(Date.UTC(2026, 1, 1, hour)).toISOString(),
      ...(withHoldout ? [holdout ? 'True' : 'False'] : []),
    ].join(','),
  );
  return `${head.join(',')}\n${lines.join('\n')}\n`;
}

/** As printed: figures beside how many labels there were. */
type Printed = Performance & Record<string, Performance['metrics'][string]>;

async function compared(rows: readonly Customer[], ...args: string[]): Promise<Printed[]> {
  const training = fileWith('training.csv', csv(customers(1, { acted: false }), false));
  const current = fileWith('current.csv', csv(rows));
  const { out } = await compare(training, current, '--json', '--no-multivariate', ...args);
  const found = JSON.parse(out) as FileComparison | { windows: FileComparison[] };
  const all = 'windows' in found ? found.windows : [found];
  return all.map(({ performance }) => performance as unknown as Printed);
}

const share = (rows: readonly Customer[], is: (row: Customer) => boolean): number =>
  rows.filter(is).length / rows.length;
const isRight = ({ prediction, label }: Customer): boolean => prediction === label;

describe('compare with a column holdout', () => {
  it('measures the hold-out, and the influenced rest beside it', async () => {
    const rows = customers(2, { acted: true });
    const held = rows.filter(({ holdout }) => holdout);
    const rest = rows.filter(({ holdout }) => !holdout);
    const [performance] = await compared(rows);
    expect(performance?.labelled).toMatchObject({ current: held.length, share: 1 });
    expect(performance?.['accuracy']?.current).toBeCloseTo(share(held, isRight), 12);
    expect(performance?.['accuracy']?.p_value).toBeGreaterThan(0.001);
    expect(performance?.holdout?.labelled).toEqual({ holdout: held.length, influenced: rest.length });
    expect(performance?.holdout?.metrics['accuracy']).toMatchObject({ influenced: share(rest, isRight) });
    expect(performance?.holdout?.metrics['accuracy']?.p_value).toBeLessThan(1e-6);
    // What the hold-out says is what was expected; the rest alone would have refuted it.
    expect(performance?.estimated?.['accuracy']?.valid).toBe(true);
  });

  it('does so in every window, and says it in text', async () => {
    const rows = customers(2, { acted: true });
    const windows = await compared(rows, '--window', '1h');
    expect(windows.map(({ holdout }) => holdout?.labelled.holdout)).toEqual(
      [0, 1].map((hour) => rows.filter((row) => row.holdout && row.hour === hour).length),
    );
    const training = fileWith('training.csv', csv(customers(1, { acted: false }), false));
    const current = fileWith('current.csv', csv(rows));
    const page = join(dirname(current), 'report.html');
    const { out } = await compare(training, current, '--no-multivariate', '--groups', 'sex', '--html', page);
    const report = await readFile(page, 'utf8');
    expect(report).toContain('on which nobody acted');
    expect(report).toContain('sex=f: selection rate');
    expect(out).toContain('HELD OUT');
    expect(out).toMatch(/sex=f +selection rate/);
  });
});

describe('compare --groups', () => {
  it('gives rates of each group beside everyone else, of all labelled rows', async () => {
    const rows = customers(3, { acted: true });
    const [performance] = await compared(rows, '--groups', 'sex');
    const women = rows.filter(({ sex }) => sex === 'f');
    const men = rows.filter(({ sex }) => sex === 'm');
    const selected = ({ prediction }: Customer): boolean => prediction === 1;
    const group = performance?.groups?.find((each) => each.group === 'f');
    expect(group).toMatchObject({ feature: 'sex', rows: women.length, labelled: women.length });
    expect(group?.rates.selection_rate).toMatchObject({
      value: share(women, selected),
      others: share(men, selected),
    });
    const negatives = women.filter(({ label }) => label === 0);
    expect(group?.rates.false_positive_rate?.value).toBeCloseTo(share(negatives, selected), 12);
    expect(group?.rates.true_positive_rate?.p_value).toBeGreaterThan(1e-4);
  });

  it('cuts them by window, and wants a feature', async () => {
    const rows = customers(3, { acted: false });
    const windows = await compared(rows, '--groups', 'sex', '--window', '1h');
    expect(windows.map(({ groups }) => groups?.reduce((sum, group) => sum + group.rows, 0))).toEqual([
      1_500, 1_500,
    ]);
    await expect(compared(rows, '--groups', 'gender')).rejects.toThrow('gender is not a feature');
  });
});

describe('compare with probabilities of several classes', () => {
  const names = ['bus', 'train', 'walk'] as const;

  /** Each class is as likely as its column says; `rain` makes walking rarer. */
  function trips(seed: number, rain: boolean, rows = 2_500): string {
    const random = createRandom(seed);
    const lines = Array.from({ length: rows }, () => {
      const weights = names.map((name) => 0.05 + random() ** (name === 'walk' && rain ? 5 : 3));
      const total = weights.reduce((sum, weight) => sum + weight, 0);
      const p = weights.map((weight) => weight / total);
      const draw = random();
      const label = draw < (p[0] ?? 0) ? 0 : draw < (p[0] ?? 0) + (p[1] ?? 0) ? 1 : 2;
      return [p.indexOf(Math.max(...p)), label].map((at) => names[at]).concat(p.map(String) as never);
    });
    const head = ['prediction', 'label', ...names.map((name) => `probability_${name}`)];
    return `${[head, ...lines].map((line) => line.join(',')).join('\n')}\n`;
  }

  it('expects their figures without labels, and measures them with', async () => {
    const training = fileWith('trips.csv', trips(1, false));
    const current = fileWith('rain.csv', trips(2, true));
    const { out } = await compare(training, current, '--json', '--no-multivariate');
    const { performance } = JSON.parse(out) as { performance: Printed };
    for (const name of ['accuracy', 'f1_macro', 'roc_auc', 'log_loss', 'brier']) {
      expect(performance[name]?.current, name).toBeTypeOf('number');
    }
    const expected = performance.estimated?.['accuracy'];
    expect(expected).toMatchObject({ method: 'cbpe', valid: true });
    const [low, high] = expected?.interval ?? [1, 0];
    expect(performance['accuracy']?.current).toBeGreaterThan(low);
    expect(performance['accuracy']?.current).toBeLessThan(high);
    expect(performance.estimated_labels?.map(({ method }) => method)).toEqual(['bbse', 'em']);
  });
});
