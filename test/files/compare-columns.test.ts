/** What `compare` takes columns for, and what people say of them. */
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { FileComparison } from '../../src/core/findings.ts';
import type { WindowedComparison } from '../../src/core/windowed-comparison.ts';
import { createRandom } from '../../src/stats/random.ts';
import { fileWith } from '../ingest/table/files.ts';
import { compare, loans } from './compare-run.ts';

const reference = (): string => fileWith('reference.csv', loans(1));
const moved = (): string => fileWith('moved.csv', loans(2, { shift: { fromHour: 0, years: 8 } }));
const told = (out: string): FileComparison => JSON.parse(out) as FileComparison;

describe('columns that are no ordinary features', () => {
  const random = createRandom(3);
  /** With an hour of the day, a constant and a date. */
  const lines = loans(1, { rows: 6_000, perHour: 25 })
    .trimEnd()
    .split('\n')
    .map((line, row) => {
      if (row === 0) return `${line},hour,site,born,noise`;
      const hour = new Date(line.split(',')[0] ?? '').getUTCHours();
      return `${line},${hour},main,1980-01-0${1 + (row % 9)},${random().toFixed(5)}`;
    });
  const file = (): string => fileWith('rows.csv', `${lines.join('\n')}\n`);

  it('are listed before anything else, in text and in JSON', { timeout: 120_000 }, async () => {
    const [path, one] = [file(), file()];
    const text = await compare(path, one, '--no-multivariate');
    expect(text.out).toMatch(/^COLUMN +TAKEN FOR +WHY\n/);
    expect(text.out).toMatch(/^hour +calendar +follows from the row's own time \(hour of day, UTC\)$/m);
    expect(text.out).toMatch(/^site +constant +holds one and the same value throughout$/m);
    expect(text.out).toMatch(/^born +doubtful +holds dates/m);
    expect(text.out).toMatch(/^hour +numeric +ok \(calendar\)/m);
    const page = join(dirname(path), 'report.html');
    const { out } = await compare(path, one, '--json', '--no-multivariate', '--html', page);
    expect(readFileSync(page, 'utf8')).toMatch(/<td>hour<\/td>\s*<td>calendar<\/td>/);
    const { columns } = told(out);
    expect(columns?.map(({ name, role }) => [name, role])).toEqual([
      ['age', 'feature'],
      ['income', 'feature'],
      ['country', 'feature'],
      ['hour', 'calendar'],
      ['site', 'constant'],
      ['noise', 'feature'],
      ['born', 'doubtful'],
    ]);
    const windowed = await compare(path, one, '--json', '--no-multivariate', '--window', '1d');
    const { columns: beside, windows } = JSON.parse(windowed.out) as WindowedComparison;
    expect(beside).toEqual(columns);
    expect(windows[0]).not.toHaveProperty('columns');
  });

  it('are not spoken of where there are none', async () => {
    const ran = await compare(reference(), moved(), '--no-multivariate');
    expect(ran.out).toMatch(/^2,000 reference rows/);
  });
});

describe('--ignore', () => {
  it('leaves a column out of flags and verdict, and measures it', async () => {
    const [before, now] = [reference(), moved()];
    const plain = await compare(before, now, '--json', '--no-multivariate');
    expect(plain.code).toBe(3);
    const ran = await compare(before, now, '--json', '--no-multivariate', '--ignore', 'age');
    const { features, columns, diagnosis } = told(ran.out);
    const age = features.find(({ name }) => name === 'age');
    expect(age).toMatchObject({ status: 'ok', reason: 'ignored', severity: 'none' });
    expect(age?.metrics).toEqual(told(plain.out).features.find(({ name }) => name === 'age')?.metrics);
    expect(columns?.find(({ name }) => name === 'age')?.role).toBe('ignored');
    expect(diagnosis.evidence.map(({ claim }) => claim).join()).not.toContain('age');
  });

  it('of a column that is not there is an error with the nearest name', async () => {
    await expect(compare(reference(), moved(), '--ignore', 'incone')).rejects.toMatchObject({
      message: expect.stringMatching(/has no column incone/),
      fix: 'Did you mean income?',
    });
  });
});

describe('--model', () => {
  const config = (features: string): string =>
    fileWith(
      'shiftwatch.yaml',
      `models:\n  - name: loans\n    task: classification\n    positive_class: 1\n    min_rows: 300\n    features: ${features}\n`,
    );
  const flags = (features: string): string[] => ['--json', '--no-multivariate', '--config', config(features)];

  it('judges as the model is judged', async () => {
    const [before, now] = [reference(), moved()];
    const said = flags(
      '{ age: { importance: low }, income: { kind: categorical }, country: { ignore: true } }',
    );
    const { features } = told((await compare(before, now, ...said, '--model', 'loans')).out);
    const found = new Map(features.map((feature) => [feature.name, feature]));
    expect(found.get('age')).toMatchObject({ status: 'drift', severity: 'info' });
    expect(found.get('income')?.kind).toBe('categorical');
    expect(found.get('country')?.reason).toBe('ignored');
    const few = fileWith('few.csv', loans(3, { rows: 250, shift: { fromHour: 0, years: 8 } }));
    expect(told((await compare(before, few, ...said, '--model', 'loans')).out).diagnosis.reason).toBe(
      'too_few_rows',
    );
  });

  it('reads an identifier not at all', async () => {
    const { features, columns } = told(
      (await compare(reference(), moved(), ...flags('{ age: { kind: identifier } }'), '--model', 'loans'))
        .out,
    );
    expect(features.map(({ name }) => name)).toEqual(['income', 'country']);
    expect(columns).toContainEqual({
      name: 'age',
      kind: null,
      role: 'identifier',
      why: 'as the configuration says',
    });
  });

  it('refuses a column and a model that are not there', async () => {
    const said = flags('{ ages: { ignore: true } }');
    await expect(compare(reference(), moved(), ...said, '--model', 'loans')).rejects.toMatchObject({
      fix: 'Did you mean age?',
    });
    await expect(compare(reference(), moved(), ...said, '--model', 'loan')).rejects.toMatchObject({
      message: expect.stringMatching(/model 'loan' is not configured/),
      fix: 'Did you mean loans?',
    });
  });
});
