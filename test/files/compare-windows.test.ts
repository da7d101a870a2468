import { describe, expect, it } from 'vitest';
import { inCanonicalOrder } from '../../src/stats/table/canonical-rows.ts';
import { chooseRowsByKey, takeRows } from '../../src/stats/table/sample-rows.ts';
import { compareTables } from '../compare/compare-tables.ts';
import type { FileComparison } from '../../src/core/findings.ts';
import type { WindowedComparison } from '../../src/core/windowed-comparison.ts';
import { applyFaults } from '../../src/diagnose/apply-faults.ts';
import { diagnose } from '../../src/diagnose/diagnose.ts';
import type { Table } from '../../src/core/table.ts';
import { openTable } from '../../src/ingest/table/open-table.ts';
import { readTable } from '../../src/ingest/table/read-table.ts';
import type { ReadTableOptions } from '../../src/ingest/table/read-table.ts';
import { noProgress } from '../../src/core/progress.ts';
import { compareFiles } from '../../src/files/compare/files.ts';
import { comparisonText } from '../../src/cli/compare/comparison-text.ts';
import { windowSections } from '../../src/cli/compare/html-report/windows.ts';
import type { CompareFilesOptions } from '../../src/files/compare/compared-files.ts';
import { fileWith, parquetFile } from '../ingest/table/files.ts';
import { compare, loans } from './compare-run.ts';

const OPTIONS: CompareFilesOptions = {
  read: {},
  segments: [],
  groups: [],
  windowMs: null,
  season: null,
  preset: null,
  multivariate: false,
  threads: null,
};

async function sampled(path: string, options: ReadTableOptions): Promise<Table> {
  const { rowKeys, close } = await openTable(path, options);
  const keys = await rowKeys();
  await close();
  return inCanonicalOrder(takeRows((await readTable(path, options)).table, chooseRowsByKey(keys, null)));
}

/** What comparing two tables in memory says: the way without files read column by column. */
async function inMemory(referencePath: string, currentPath: string): Promise<FileComparison> {
  const reference = await readTable(referencePath);
  const current = await readTable(currentPath, { like: reference.shape });
  const { task, positiveClass } = reference.shape;
  const compared = compareTables(reference.table, current.table, { task, positiveClass });
  const diagnosis = diagnose({
    task,
    positiveClass,
    compared,
    reference: await sampled(referencePath, {}),
    current: await sampled(currentPath, { like: reference.shape }),
    options: { minRows: 200, minLabelled: 200, hasBaseline: true, labelsTested: true },
  });
  return { ...compared, ...applyFaults(compared, diagnosis.faults), diagnosis };
}

async function byColumns(reference: string, current: string, threads?: number): Promise<object> {
  const how = { ...OPTIONS, threads: threads ?? null };
  const { columns, ...comparison } = (await compareFiles(reference, current, how, noProgress)).comparison;
  expect(columns?.map(({ role }) => role)).toEqual(['feature', 'feature', 'feature']);
  return comparison;
}

/** A row a second. */
function wideFile(columns: number, rows: number): string {
  const names = Array.from({ length: columns }, (_, i) => `x${i}`);
  const lines = Array.from({ length: rows }, (_, row) =>
    [new Date(row * 1_000).toISOString(), ...names.map((_name, i) => (row * (i + 7)) % 101)].join(','),
  );
  return fileWith('wide.csv', `timestamp,${names.join(',')}\n${lines.join('\n')}\n`);
}

const windowed = (out: string): WindowedComparison => JSON.parse(out);
const whole = (out: string): FileComparison => JSON.parse(out);

describe('column by column', () => {
  const before = (): string => fileWith('r.csv', loans(1, { rows: 21_000, perHour: 2_000 }));
  const now = (): string =>
    fileWith(
      'c.csv',
      loans(2, { rows: 3000, shift: { fromHour: 0, years: 2 }, brokenHour: 3 }).replaceAll(',NL,', ',AT,'),
    );

  it('says what comparing in memory says, of CSV and of Parquet, in one thread and in two', async () => {
    const [reference, current] = [before(), now()];
    const expected = await inMemory(reference, current);
    expect(await byColumns(reference, current)).toEqual(expected);
    expect(await byColumns(reference, current, 2)).toEqual(expected);
    const asParquet = async (path: string): Promise<string> => await parquetFile(`SELECT * FROM '${path}'`);
    const [p, q] = [await asParquet(reference), await asParquet(current)];
    const inParquet = await inMemory(p, q);
    expect(await byColumns(p, q)).toEqual(inParquet);
    expect(await byColumns(p, q, 2)).toEqual(inParquet);
  });
});

describe('compare --window', () => {
  const reference = (): string => fileWith('reference.csv', loans(1, { rows: 12_000 }));
  const current = (): string =>
    fileWith(
      'current.csv',
      loans(2, { rows: 4000, shift: { fromHour: 6, years: 12 }, brokenHour: 3, untimedEvery: 50 }),
    );

  it('judges window by window, in UTC, and says which rows belong to none', async () => {
    const ran = await compare(reference(), current(), '--window', '1h', '--json', '--no-multivariate');
    expect(ran.code).toBe(3);
    const { windows, rows_without_time: untimed } = windowed(ran.out);
    expect(windows.map(({ start, end }) => [start, end])).toEqual(
      Array.from({ length: 8 }, (_, hour) => [
        `2026-02-01T0${hour}:00:00.000Z`,
        `2026-02-01T0${hour + 1}:00:00.000Z`,
      ]),
    );
    expect(windows.map(({ current: { rows } }) => rows)).toEqual(Array.from({ length: 8 }, () => 490));
    expect(untimed).toBe(80);
    expect(ran.said).toMatch(/note: 80 rows of .*current\.csv have no time and are in no window/);
    expect(windows.map(({ diagnosis }) => diagnosis.verdict)).toEqual([
      'none',
      'none',
      'none',
      'data_fault',
      'none',
      'none',
      'covariate_shift',
      'covariate_shift',
    ]);
    expect(windows[3]?.features.find(({ name }) => name === 'income')?.faults).toEqual(['missing_spike']);
    expect(windows[0]).toMatchObject({ performance: { accuracy: { current: expect.any(Number) } } });
    expect(ran.out).not.toMatch(/NaN|Infinity/);
    expect(windowed(ran.out).time_pattern).toMatchObject({
      pattern: 'none',
      reason: 'too_few_windows',
      windows: 8,
    });
  });

  it('says when what moved began, and how', async () => {
    const now = fileWith('run.csv', loans(5, { rows: 12_000, shift: { fromHour: 14, years: 6 } }));
    const { comparison } = await compareFiles(
      reference(),
      now,
      { ...OPTIONS, windowMs: 3_600_000 },
      noProgress,
    );
    const pattern = 'windows' in comparison ? comparison.time_pattern : undefined;
    expect(pattern).toMatchObject({ pattern: 'sudden', reason: null, windows: 24 });
    expect(pattern?.interval?.[0]).toMatch(/^2026-02-01T13:/);
    expect(pattern?.interval?.[1]).toMatch(/^2026-02-01T14:/);
    expect(pattern?.parts.find(({ name }) => name === 'age')).toMatchObject({ pattern: 'sudden' });
    expect(pattern?.parts.map(({ name }) => name)).not.toContain('income');
    const text = comparisonText(comparison, (_style, words) => words);
    expect(text).toContain(`10 of 24 windows moved\n${pattern?.summary}\n`);
    if (!('windows' in comparison)) throw new Error('no windows');
    expect(JSON.stringify(windowSections(comparison, ''))).toContain(`<p>${pattern?.summary}</p>`);
  });

  it('measures how far healthy windows spread where the reference has twenty of them', async () => {
    const ran = await compare(reference(), current(), '--window', '1h', '--json', '--no-multivariate');
    expect(windowed(ran.out).windows[0]?.features[0]?.overdispersion).toMatchObject({ windows: 24 });
    const days = await compare(reference(), current(), '--window', '1d', '--json', '--no-multivariate');
    expect(windowed(days.out).windows[0]?.features[0]).not.toHaveProperty('overdispersion');
  });

  it('prints a line for each window and the details of those that moved', async () => {
    const ran = await compare(reference(), current(), '--window', '1h', '--no-multivariate');
    expect(ran.out).toMatch(/^2026-02-01 03:00 +490 +data fault +income \(missing spike\)$/m);
    expect(ran.out).toMatch(/^2026-02-01 04:00 +490 +none$/m);
    expect(ran.out).toContain('3 of 8 windows moved; 80 rows have no time and are in none');
    expect(ran.out).toContain(
      '\n2026-02-01 06:00 to 2026-02-01 07:00\n12,000 reference rows, 490 current rows',
    );
    expect(ran.out.match(/^Verdict/gm)).toHaveLength(3);
  });

  it('takes weeks, and refuses what is no size or would be too many', async () => {
    const week = await compare(reference(), current(), '--window', '1w', '--json', '--no-multivariate');
    expect(windowed(week.out).windows.map(({ start }) => start)).toEqual(['2026-01-29T00:00:00.000Z']);
    await expect(compare(reference(), current(), '--window', '3x')).rejects.toMatchObject({
      code: 'commander.invalidArgument',
      message: expect.stringContaining('Write a whole number and a unit'),
    });
    const wide = wideFile(60, 7_000);
    await expect(compare(wide, wide, '--window', '1s')).rejects.toMatchObject({
      message: expect.stringContaining(
        '7,000 windows, which are 441,000 comparisons; 400,000 fit, 6,349 windows of so many columns and segments',
      ),
      fix: 'Choose a larger --window, fewer --segments or fewer --features.',
    });
    const without = fileWith('c.csv', 'age,income\n30,1000\n');
    await expect(compare(reference(), without, '--window', '1d')).rejects.toMatchObject({
      fix: 'Name the column with times: --timestamp COLUMN.',
    });
  });
});

describe('compare --segments', () => {
  it('compares each value apart', async () => {
    const before = fileWith('r.csv', loans(1, { rows: 9000 }));
    const now = fileWith('c.csv', loans(2, { rows: 6000, shift: { fromHour: 0, years: 8 }, onlyIn: 'NL' }));
    const ran = await compare(before, now, '--segments', 'country', '--json', '--no-multivariate');
    const { segments = [], current } = whole(ran.out);
    expect(segments.map(({ segment }) => segment)).toEqual(['country=DE', 'country=FR', 'country=NL']);
    expect(segments.reduce((sum, segment) => sum + segment.current.rows, 0)).toBe(current.rows);
    const moved = segments.map(({ features }) => features.find(({ name }) => name === 'age')?.status);
    expect(moved).toEqual(['ok', 'ok', 'drift']);
    expect(ran.code).toBe(3);
  });

  it('combines with windows, and keeps fifty values and the rest together', async () => {
    const row = (at: number): string =>
      `2026-02-01T00:00:${String(at % 60).padStart(2, '0')}Z,s${at % 60},${at % 17}`;
    const file = fileWith(
      'r.csv',
      `timestamp,shop,x\n${Array.from({ length: 6000 }, (_, at) => row(at)).join('\n')}\n`,
    );
    const ran = await compare(
      file,
      file,
      '--segments',
      'shop',
      '--window',
      '1d',
      '--json',
      '--no-multivariate',
    );
    const [window] = windowed(ran.out).windows;
    expect(window?.segments).toHaveLength(51);
    expect(window?.segments?.at(-1)).toMatchObject({ segment: 'shop=other', current: { rows: 1000 } });
    expect(ran.code).toBe(0);
  });

  it('names the feature that was meant', async () => {
    const file = fileWith('r.csv', loans(1));
    await expect(compare(file, file, '--segments', 'contry')).rejects.toMatchObject({
      message: expect.stringContaining('contry is not a feature'),
      fix: 'Did you mean country?',
    });
  });
});

describe('compare --preset', () => {
  it("prints the other tool's figures beside ours, and ends by its rule", async () => {
    const before = fileWith('r.csv', loans(1, { rows: 4000 }));
    const now = fileWith('c.csv', loans(2, { rows: 4000, shift: { fromHour: 0, years: 4 } }));
    const ran = await compare(before, now, '--preset', 'evidently', '--no-multivariate');
    expect(ran.out).toMatch(/^FEATURE .* EVIDENTLY$/m);
    expect(ran.out).toMatch(/^age .* wasserstein 0\.3\d+ \(0\.1\) drifted$/m);
    expect(ran.out).toContain(
      'evidently: 1 of 3 features drifted (33 %); no drift by its rule (50 % or more)',
    );
    // Ours says 3; asked for theirs, theirs decides.
    expect(ran.code).toBe(0);
    const forced = await compare(before, now, '--preset', 'evidently:psi', '--json', '--no-multivariate');
    expect(whole(forced.out)).toMatchObject({ preset: { name: 'evidently:psi', features: 3 } });
    await expect(compare(before, now, '--preset', 'evidntly')).rejects.toMatchObject({
      message: expect.stringContaining('Did you mean evidently?'),
    });
  });
});

describe('compare, all columns together', () => {
  it('says whether a classifier can tell the rows apart', async () => {
    const before = fileWith('r.csv', loans(1));
    const now = fileWith('c.csv', loans(2, { shift: { fromHour: 0, years: 12 } }));
    const ran = await compare(before, now, '--json');
    expect(whole(ran.out).multivariate?.domain_classifier?.auc).toBeGreaterThan(0.6);
    const text = await compare(before, now);
    expect(text.out).toMatch(/All columns together: a classifier tells the rows apart with AUC 0\.[67]\d/);
  });
});
