/** `compare --html` stays under 50 kB, and says what it leaves out. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { reportPage } from '../../src/cli/compare/html-report/page.ts';
import { noProgress } from '../../src/core/progress.ts';
import type { FeatureComparison, FileComparison } from '../../src/core/findings.ts';
import type { WindowedComparison } from '../../src/core/windowed-comparison.ts';
import { compareFiles } from '../../src/files/compare/files.ts';
import { compare, loans } from '../files/compare-run.ts';
import { fileWith, testFolder } from '../ingest/table/files.ts';

const HOUR_MS = 3_600_000;
const FACTS = { reference: 'training data.csv', current: 'now.csv', windowMs: HOUR_MS, nowMs: 0 };
const COMMAND = 'shiftwatch compare &#39;training data.csv&#39; now.csv --window 1h --json';

describe('the size of a report', () => {
  let real: WindowedComparison;
  let isKnown = false;
  const before = (): string => fileWith('before.csv', loans(1, { rows: 4_000 }));
  const now = (): string =>
    fileWith('now.csv', loans(2, { rows: 6_000, shift: { fromHour: 5, years: 12 }, brokenHour: 2 }));
  // Once; files belong to a test.
  beforeEach(async () => {
    if (isKnown) return;
    const { comparison } = await compareFiles(
      before(),
      now(),
      {
        read: {},
        segments: ['country'],
        groups: ['country'],
        windowMs: HOUR_MS,
        season: null,
        preset: null,
        multivariate: false,
        threads: null,
      },
      noProgress,
    );
    if (!('windows' in comparison)) throw new Error('windows were asked for');
    real = comparison;
    isKnown = true;
  }, 120_000);

  /** The real windows one after the other, with their columns under as many names; `all`: each of them moved. */
  function repeated(windows: number, features: number, all = false): WindowedComparison {
    const [age, income] = ['age', 'income'].map((name) => columnOf(real.windows[6], name));
    return {
      ...real,
      windows: Array.from({ length: windows }, (_, at) => {
        const window = real.windows[at % real.windows.length]!;
        const [start, end] = [at, at + 1].map((hours) => new Date(hours * HOUR_MS).toISOString());
        return {
          ...window,
          start: start!,
          end: end!,
          features: Array.from({ length: features }, (_name, column) => ({
            ...(all
              ? column % 2 === 0
                ? age!
                : { ...age!, status: 'fault' as const }
              : (window.features[column % window.features.length] ?? income!)),
            name: `a column with quite a long name, number ${column}`,
          })),
        };
      }),
      incidents: Array.from({ length: Math.ceil(windows / 100) }, () => real.incidents).flat(),
    };
  }

  function columnOf(window: FileComparison | undefined, name: string): FeatureComparison {
    const found = window?.features.find((feature) => feature.name === name);
    if (found === undefined) throw new Error(`${name} is no feature`);
    return found;
  }

  it.each([
    [12, 3, false],
    [12, 50, false],
    [12, 50, true],
    [500, 50, false],
    [500, 50, true],
    [2_000, 100, true],
  ])('%i windows of %i features, all of them moved: %s', (windows, features, all) => {
    const page = reportPage(repeated(windows, features, all), FACTS);
    expect(Buffer.byteLength(page)).toBeLessThan(50_000);
    // The worst of each is there with all its figures, and nothing is left out that there is room for.
    expect(page).toContain('class="course"');
    expect(page).toContain('class="feature"');
    expect(page.endsWith('</html> ')).toBe(true);
    if (features > 3) expect(Buffer.byteLength(page)).toBeGreaterThan(40_000);
    else expect(page).not.toMatch(/(windows that moved|features|incidents) are not shown/);
  });

  it('says how much it leaves out, and what shows it', () => {
    const page = reportPage(repeated(500, 50, true), FACTS);
    const rows = page.match(/<figure class="(line|brief)"/g)?.length ?? 0;
    expect(rows).toBeGreaterThan(25);
    if (rows < 50)
      expect(page).toContain(`${50 - rows} of 50 features are not shown: <code>${COMMAND}</code>`);
    const windows = (page.match(/<p class="brief">/g)?.length ?? 0) + (page.match(/<details>/g)?.length ?? 0);
    expect(windows).toBeGreaterThan(20);
    expect(page).toContain(
      `<p class="soft">${500 - windows} of 500 windows that moved are not shown: <code>${COMMAND}</code></p>`,
    );
    // The worst stay: those with a fault come before a moved column.
    expect(page).toMatch(/<details>\s*<summary><span class="chip fault"/);
  });

  it('holds for one comparison of many columns and segments, too', () => {
    const [window] = repeated(1, 400, true).windows;
    const segments = Array.from({ length: 3_000 }, (_, at) => ({
      ...real.windows[6]!.segments![0]!,
      segment: `shop=${at}`,
    }));
    const page = reportPage({ ...window!, segments }, { ...FACTS, windowMs: null });
    expect(Buffer.byteLength(page)).toBeLessThan(50_000);
    expect(page).toMatch(
      /of 400 features are not shown: <code>shiftwatch compare [^<]* now\.csv --json<\/code>/,
    );
    expect(page).toMatch(/of 3,000 segments are not shown/);
  });

  it('of real files', async () => {
    const path = join(testFolder(), 'report.html');
    await compare(
      before(),
      now(),
      '--window',
      '1h',
      '--segments',
      'country',
      '--no-multivariate',
      '--html',
      path,
    );
    const page = readFileSync(path, 'utf8');
    expect(Buffer.byteLength(page)).toBeLessThan(50_000);
    expect(page).toMatch(/<code>shiftwatch compare \S+before\.csv \S+now\.csv --window 1h --json<\/code>/);
  }, 60_000);
});
