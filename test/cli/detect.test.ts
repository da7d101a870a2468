import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { register } from '../../src/cli/detect/detect.ts';
import { systemClock } from '../../src/core/clock.ts';
import { UserError } from '../../src/core/errors.ts';
import { fileWith, jsonLines, testFolder } from '../ingest/table/files.ts';
import { errorStream, errorsWithChange, numbersWithChange } from '../stats/detectors/streams.ts';

interface Ran {
  readonly out: string;
  readonly said: string;
  readonly code: number;
}

async function detect(...args: string[]): Promise<Ran> {
  const ran = { out: '', said: '', code: 0 };
  const program = new Command().exitOverride().configureOutput({ writeErr() {} });
  register(program, {
    clock: systemClock,
    isTerminal: false,
    print: (text) => (ran.out += text),
    say: (text) => (ran.said += text),
    exitWith: (code) => (ran.code = code),
  });
  for (const command of program.commands) command.exitOverride().configureOutput({ writeErr() {} });
  await program.parseAsync(['detect', ...args], { from: 'user' });
  return ran;
}

interface Place {
  readonly index: number;
  readonly position: number | null;
  readonly time: string | null;
}

interface Printed {
  readonly series: { readonly name: string; readonly values: number; readonly skipped: number };
  readonly detector: { readonly name: string; readonly options: Readonly<Record<string, number>> };
  readonly seen_before: number;
  readonly drifts: readonly (Place & { readonly change: Place | null })[];
  readonly warnings: number;
}

async function printed(...args: string[]): Promise<Printed> {
  return JSON.parse((await detect(...args, '--json')).out) as Printed;
}

const START_MS = Date.UTC(2026, 0, 1);
const timeOf = (minute: number): string => new Date(START_MS + minute * 60_000).toISOString();

/** Errors whose rate goes from 0.1 to 0.5 at row 1,000 (0-based). */
const errors = errorsWithChange(1, [1_000, 0.1], [1_000, 0.5]);

/** A minute a row; the prediction is right where the error is 0. */
function predictions(values: ArrayLike<number> = errors, from = 0): object[] {
  return Array.from(values, (error, row) => ({
    timestamp: timeOf(from + row),
    prediction: 'yes',
    label: error === 1 ? 'no' : 'yes',
    right: 1 - error,
    age: 30 + error,
  }));
}

function windowsFile(psi: ArrayLike<number>): string {
  const windows = Array.from(psi, (value, day) => ({
    start: new Date(START_MS + day * 86_400_000).toISOString(),
    end: new Date(START_MS + (day + 1) * 86_400_000).toISOString(),
    features: [
      {
        name: 'age',
        kind: 'numeric',
        metrics: { psi: value, ks: { statistic: value / 2, p_value: 0.5 } },
        missing: { reference: 0, current: 0 },
      },
    ],
    prediction: null,
    score: { name: 'score', metrics: { psi: 0.01 } },
    performance: {
      accuracy: { reference: 0.9, current: 0.9 - value, interval: null, p_value: null },
      mature: true,
    },
  }));
  return fileWith('windows.json', JSON.stringify({ windows }));
}

describe('detect on rows', () => {
  it('makes the error out of prediction and label, and says when and since when', async () => {
    const file = fileWith('rows.jsonl', jsonLines(predictions()));
    const { series, drifts } = await printed(file);
    expect(series).toEqual({ name: 'error', unit: 'row', values: 2_000, skipped: 0 });
    expect(drifts).toHaveLength(1);
    const [drift] = drifts;
    expect(drift?.index).toBeGreaterThanOrEqual(1_000);
    expect(drift?.position).toBe((drift?.index ?? 0) + 1);
    expect(drift?.time).toBe(timeOf(drift?.index ?? 0));
    expect(Math.abs((drift?.change?.index ?? 0) - 1_000)).toBeLessThan(16);
    const { out, code } = await detect(file);
    expect(code).toBe(3);
    expect(out.replaceAll(/ +/g, ' ')).toContain(`\n${drift?.position ?? ''} ${drift?.time ?? ''} `);
    expect(out).toContain('1 drift.');
  });

  it('says so when there is none', async () => {
    const { out, code } = await detect(fileWith('rows.jsonl', jsonLines(predictions(errors.slice(0, 900)))));
    expect(code).toBe(0);
    expect(out).toBe('error: 900 values\nADWIN, adaptive windowing over all cuts\n\nNo drift.\n');
  });

  it('finds the changes of a real stream, in the rows where others find them', async () => {
    const { values, changes } = errorStream('tornado_sine1');
    const { drifts } = await printed(
      fileWith('errors.csv', `error\n${values.join('\n')}\n`),
      '--column',
      'error',
    );
    expect(drifts.map(({ index }, k) => index - (changes[k] ?? 0))).toEqual([47, 79, 47, 47]);
    for (const [k, { change }] of drifts.entries())
      expect(Math.abs((change?.index ?? 0) - (changes[k] ?? 0))).toBeLessThan(20);
  });

  it('finds the known drift of the example in one of its features, as docs/records/detectors.md says', async () => {
    const file = fileURLToPath(new URL('../../examples/car-loan/monitoring.csv.gz', import.meta.url));
    const { drifts } = await printed(file, '--column', 'car_value', '--option', 'standardize=1000');
    expect(drifts.map(({ position, change }) => [position, change?.position])).toEqual([[25_096, 25_001]]);
    const quiet = await printed(file, '--column', 'driver_tenure', '--option', 'standardize=1000');
    expect(quiet.drifts).toEqual([]);
  });

  it('reads a column, and the opposite of one that says what was right', async () => {
    const file = fileWith('rows.jsonl', jsonLines(predictions()));
    const [own] = (await printed(file)).drifts;
    expect((await printed(file, '--correct', 'right')).drifts).toEqual([own]);
    expect((await printed(file, '--column', 'age')).drifts).toEqual([own]);
    expect((await printed(file, '--column', 'error')).drifts).toEqual([own]);
    const { drifts, detector } = await printed(
      file,
      '--detector',
      'ddm',
      '--option',
      'drift=4',
      '--option',
      'warning=3',
    );
    expect(detector.options).toEqual({ warm_start: 30, warning: 3, drift: 4 });
    expect(drifts.length).toBeGreaterThan(0);
  });

  it('takes the absolute error of a regression', async () => {
    const noise = numbersWithChange(1, 1_000, 1_000, 0);
    const rows = Array.from(noise, (value, row) => ({
      prediction: 50,
      label: row < 1_000 ? 50 + (value - 50) / 100 : value,
    }));
    const file = fileWith('rows.jsonl', jsonLines(rows));
    const { drifts, series } = await printed(file, '--task', 'regression');
    expect(series.name).toBe('error');
    expect(drifts[0]?.change?.index).toBeGreaterThan(990);
    expect(drifts[0]?.change?.index).toBeLessThan(1_010);
  });

  it('goes by time, unless told to go as the file does', async () => {
    const backwards = fileWith('rows.jsonl', jsonLines(predictions().toReversed()));
    const forwards = await printed(fileWith('rows.jsonl', jsonLines(predictions())));
    const { drifts } = await printed(backwards);
    expect(drifts[0]?.index).toBe(forwards.drifts[0]?.index);
    expect(drifts[0]?.time).toBe(forwards.drifts[0]?.time);
    expect(drifts[0]?.position).toBe(2_000 - (drifts[0]?.index ?? 0));
    const asWritten = await printed(backwards, '--order', 'file');
    expect(asWritten.drifts[0]?.index).not.toBe(drifts[0]?.index);
    expect(asWritten.drifts[0]?.position).toBe((asWritten.drifts[0]?.index ?? 0) + 1);
  });

  it('leaves out rows without a label, and says how many', async () => {
    const rows = predictions().map((row, index) => (index % 4 === 0 ? { ...row, label: null } : row));
    const { said, out } = await detect(fileWith('rows.jsonl', jsonLines(rows)));
    expect(said).toContain('note: 500 of 2000 rows have no error');
    expect(out).toContain('error: 1500 values');
  });
});

describe('detect --state', () => {
  it('gives over two nights what one run gives, for a growing file and for one file a night', async () => {
    const whole = await printed(fileWith('whole.jsonl', jsonLines(predictions())));
    const cut = (whole.drifts[0]?.index ?? 0) - 3;
    const first = fileWith('first.jsonl', jsonLines(predictions(errors.slice(0, cut))));
    const nights = [predictions(), predictions(errors.slice(cut), cut)];
    for (const rows of nights) {
      const state = join(testFolder(), 'state.json');
      expect((await detect(first, '--state', state)).code).toBe(0);
      const second = await printed(fileWith('second.jsonl', jsonLines(rows)), '--state', state);
      expect(second.seen_before).toBe(cut);
      expect(second.drifts.map(({ time }) => time)).toEqual(whole.drifts.map(({ time }) => time));
      expect(second.drifts[0]?.change).toMatchObject({ position: null, time: null });
      const again = await detect(fileWith('second.jsonl', jsonLines(rows)), '--state', state);
      expect(again.code).toBe(0);
      expect(again.said).toContain('were looked at before');
    }
  });

  it('takes every file as the continuation where the order is that of the file', async () => {
    const state = join(testFolder(), 'state.json');
    const rows = fileWith('rows.jsonl', jsonLines(predictions(errors.slice(0, 500)).toReversed()));
    await detect(rows, '--order', 'file', '--state', state);
    const again = await printed(rows, '--order', 'file', '--state', state);
    expect(again.seen_before).toBe(500);
    expect(again.series.values).toBe(500);
  });

  it('is whole at every moment, also when several runs write it at once', async () => {
    const folder = testFolder();
    const state = join(folder, 'state.json');
    const files = Array.from({ length: 8 }, (_, run) =>
      fileWith(`night-${run}.jsonl`, jsonLines(predictions(errors.slice(0, 100 + 50 * run)))),
    );
    const runs = files.map(async (file) => await detect(file, '--order', 'file', '--state', state));
    expect((await Promise.all(runs)).map(({ code }) => code).every((code) => code === 0 || code === 3)).toBe(
      true,
    );
    expect(JSON.parse(readFileSync(state, 'utf8'))).toMatchObject({ version: 1 });
    expect(readdirSync(folder)).toEqual(['state.json']);
  });

  it('refuses a state of something else, and what is none', async () => {
    const file = fileWith('rows.jsonl', jsonLines(predictions()));
    const folder = testFolder();
    const state = join(folder, 'state.json');
    await detect(file, '--state', state);
    const kept = readFileSync(state, 'utf8');
    await expect(detect(file, '--state', state, '--detector', 'ddm')).rejects.toThrow(/is of adwin/);
    await expect(detect(file, '--state', state, '--option', 'delta=0.1')).rejects.toThrow(/delta=0.002/);
    await expect(detect(file, '--state', state, '--column', 'age')).rejects.toThrow(
      /is of error, not of age/,
    );
    expect(readFileSync(state, 'utf8')).toBe(kept);
    for (const text of [
      '',
      'null',
      '{}',
      '[1]',
      kept.replace('"version":1', '"version":7'),
      kept.replace('"seen":', '"seen":-'),
    ]) {
      writeFileSync(state, text);
      await expect(detect(file, '--state', state), text.slice(0, 40)).rejects.toThrow(UserError);
    }
  });
});

describe('detect on windows', () => {
  const psi = numbersWithChange(4, 40, 20, 4).map((value) => value / 1_000);

  it('finds a step in a figure of a feature, though it is small', async () => {
    const file = windowsFile(psi);
    const { series, detector, drifts } = await printed(file, '--feature', 'age');
    expect(series).toMatchObject({ name: 'psi of age', unit: 'window', values: 60 });
    expect(detector).toMatchObject({ name: 'cusum', options: { standardize: 20, threshold: 10 } });
    expect(drifts).toHaveLength(1);
    expect(drifts[0]?.change?.index).toBe(40);
    expect(drifts[0]?.change?.time).toBe(new Date(START_MS + 40 * 86_400_000).toISOString());
    const ks = await printed(file, '--feature', 'age', '--metric', 'ks');
    expect(ks.drifts.map(({ index }) => index)).toEqual(drifts.map(({ index }) => index));
    const { out, code } = await detect(file, '--performance', 'accuracy');
    expect(code).toBe(3);
    expect(out).toContain('BEGAN ABOUT WINDOW');
  });

  it('passes over a window with too few rows, such as the last one, and says so', async () => {
    const windows = JSON.parse(readFileSync(windowsFile(psi.slice(0, 40)), 'utf8')) as { windows: object[] };
    const cutOff = {
      start: new Date(START_MS + 40 * 86_400_000).toISOString(),
      features: [{ name: 'age', status: 'insufficient', metrics: { psi: 3 } }],
      label: { name: 'label', status: 'insufficient', metrics: {} },
      performance: { accuracy: { reference: 0.9, current: 0.1 } },
    };
    const alone = fileWith('alone.json', JSON.stringify({ windows: [cutOff] }));
    await expect(detect(alone, '--feature', 'age')).rejects.toThrow(/enough rows to judge psi/);
    const file = fileWith('cut.json', JSON.stringify({ windows: [...windows.windows, cutOff] }));
    for (const asked of [
      ['--feature', 'age'],
      ['--performance', 'accuracy'],
    ]) {
      const { said, code } = await detect(file, ...asked);
      expect(code).toBe(0);
      expect(said).toMatch(/note: 1 of 41 windows have no .*, or too few rows to judge it/);
    }
  });

  it('says when there is too little to judge', async () => {
    const { said, code } = await detect(windowsFile(psi.slice(0, 15)), '--feature', 'age');
    expect(code).toBe(0);
    expect(said).toContain('the first 20 values only teach the usual level');
  });

  it('says what a file has instead', async () => {
    const file = windowsFile(psi);
    const failing = async (...args: string[]): Promise<unknown> =>
      await detect(file, ...args).then(
        () => null,
        (error: unknown) => error,
      );
    expect(await failing('--feature', 'aeg')).toMatchObject({ fix: 'Did you mean age?' });
    expect(await failing('--feature', 'age', '--metric', 'wasserstein')).toMatchObject({
      fix: 'There are missing, psi, ks.',
    });
    expect(await failing('--performance', 'acuracy')).toMatchObject({ fix: 'Did you mean accuracy?' });
    expect(await failing('--performance', 'accuracy', '--feature', 'age')).toBeInstanceOf(UserError);
  });
});

describe('mistakes of detect', () => {
  const text = (): string => fileWith('rows.csv', 'age,name\n1,a\n2,b\n3,c\n');

  it.each([
    [['--column', 'name'], /holds text/],
    [['--column', 'aeg'], /no column aeg/],
    [[], /does not say what to look at/],
    [['--column', 'age', '--detector', 'adwn'], /did you mean adwin/],
    [['--column', 'age', '--option', 'dleta=1'], /no option dleta/],
    [['--column', 'age', '--detector', 'ddm'], /ddm reads 0 and 1 only/],
    [['--feature', 'age'], /not JSON/],
  ])('%j', async (args, message) => {
    await expect(detect(text(), ...args)).rejects.toThrow(message);
    await expect(detect(text(), ...args)).rejects.toBeInstanceOf(UserError);
  });

  it('are mistakes of usage where an option cannot be read', async () => {
    await expect(detect(text(), '--option', 'delta')).rejects.toMatchObject({
      code: 'commander.invalidArgument',
    });
    await expect(detect(text(), '--option', 'delta=x')).rejects.toMatchObject({
      code: 'commander.invalidArgument',
    });
  });

  it('lists the detectors without a file', async () => {
    const { out } = await detect('--list');
    expect(out).toContain(
      'hddm_a: HDDM-A, Hoeffding bound on averages; reads numbers from 0 to 1\n  drift_confidence=0.001',
    );
  });
});
