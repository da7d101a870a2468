/** A window says the same alone and among others, on one thread and on four, in any order of rows. */
import { describe, expect, it } from 'vitest';
import type { FileComparison } from '../../src/core/findings.ts';
import type { WindowedComparison } from '../../src/core/windowed-comparison.ts';
import { createRandom } from '../../src/stats/random.ts';
import { fileWith } from '../ingest/table/files.ts';
import { compare } from './compare-run.ts';

const HOUR_MS = 3_600_000;
const START_MS = Date.UTC(2026, 1, 2);

interface Made {
  readonly rows: number;
  readonly hours: number;
  readonly seed: number;
  /** Years the age moves by in the second half. */
  readonly shift?: number;
  readonly ids?: boolean;
}

/** Visits with ids: numbers, levels that come and go, some labels missing. Lines of CSV, in order of time. */
function visits({ rows, hours, seed, shift = 0, ids = true }: Made): string[] {
  const random = createRandom(seed);
  return Array.from({ length: rows }, (_, row) => {
    const late = row >= rows / 2;
    const age = 20 + 40 * random() + (late ? shift : 0);
    const income = random() < 0.02 ? '' : (1000 * Math.exp(random() + random())).toFixed(2);
    const city = `city ${Math.floor(60 * random() ** 2)}`;
    const plan = ['basic', 'plus', 'pro'][Math.floor(3 * random())] ?? '';
    const score = 1 / (1 + Math.exp(-(age - 40 + (plan === 'pro' ? 5 : 0)) / 8));
    const label = random() < 0.3 ? '' : random() < score ? 'yes' : 'no';
    const time = new Date(START_MS + (row * hours * HOUR_MS) / rows).toISOString();
    return [
      ...(ids ? [`visit ${seed}-${row}`] : []),
      time,
      age.toFixed(3),
      income,
      city,
      plan,
      label,
      score > 0.5 ? 'yes' : 'no',
      score.toFixed(6),
    ].join(',');
  });
}

const HEAD = 'prediction_id,timestamp,age,income,city,plan,label,prediction,score';
const csv = (name: string, lines: readonly string[], head = HEAD): string =>
  fileWith(name, `${head}\n${lines.join('\n')}\n`);

function shuffled(lines: readonly string[], seed: number): string[] {
  const random = createRandom(seed);
  const mixed = [...lines];
  for (let at = mixed.length - 1; at > 0; at -= 1) {
    const other = Math.floor((at + 1) * random());
    [mixed[at], mixed[other]] = [mixed[other]!, mixed[at]!];
  }
  return mixed;
}

async function windows(reference: string, current: string, ...more: string[]): Promise<WindowedComparison> {
  const ran = await compare(
    reference,
    current,
    '--window',
    '1h',
    '--json',
    '--positive-class',
    'yes',
    ...more,
  );
  return JSON.parse(ran.out) as WindowedComparison;
}

/** What other windows add to a feature is not its own. */
function byItself(window: WindowedComparison['windows'][number]): unknown {
  return JSON.parse(JSON.stringify(window, (key, value: unknown) => (key === 'pooled' ? undefined : value)));
}

describe('a window', () => {
  const before = visits({ rows: 8_000, hours: 30, seed: 1 });
  const now = visits({ rows: 9_000, hours: 12, seed: 2, shift: 4 });

  it('says the same alone and among others, to the last bit', { timeout: 300_000 }, async () => {
    const reference = csv('reference.csv', before);
    const all = await windows(reference, csv('current.csv', now), '--segments', 'plan');
    expect(all.windows).toHaveLength(12);
    for (const at of [0, 7, 11]) {
      const { start, end } = all.windows[at]!;
      const own = now.filter((line) => {
        const time = line.split(',')[1] ?? '';
        return time >= start && time < end;
      });
      const alone = await windows(reference, csv('alone.csv', own), '--segments', 'plan');
      expect(alone.windows).toEqual([byItself(all.windows[at]!)]);
      expect(alone.columns).toEqual(all.columns);
    }
  });

  it('says the same on one thread and on four, and in any order of rows', { timeout: 300_000 }, async () => {
    for (const ids of [true, false]) {
      const head = ids ? HEAD : HEAD.replace('prediction_id,', '');
      const [then, later] = [
        visits({ rows: 8_000, hours: 30, seed: 3, ids }),
        visits({ rows: 4_000, hours: 4, seed: 4, shift: 4, ids }),
      ];
      const reference = csv('reference.csv', then, head);
      const current = csv('current.csv', later, head);
      const first = await windows(reference, current, '--threads', '1');
      const again = await windows(
        csv('mixed.csv', shuffled(then, 5), head),
        csv('later.csv', shuffled(later, 6), head),
        '--threads',
        '4',
      );
      expect(again).toEqual(first);
    }
  });

  it(
    'of more rows than are looked at takes those with labels first, and as many of them whatever else there is',
    {
      timeout: 300_000,
    },
    async () => {
      const reference = csv('reference.csv', before);
      const large = visits({ rows: 26_000, hours: 1, seed: 7, shift: 1 });
      const alone = await windows(reference, csv('large.csv', large), '--no-multivariate');
      const later = now.filter(
        (line) => (line.split(',')[1] ?? '') >= new Date(START_MS + HOUR_MS).toISOString(),
      );
      const both = await windows(
        reference,
        csv('both.csv', shuffled([...large, ...later], 8)),
        '--no-multivariate',
      );
      expect(both.windows.length).toBeGreaterThan(10);
      expect(both.windows[0]).toEqual(alone.windows[0]);
    },
  );
});

describe('rows of one id', () => {
  it('may differ, and their order does not show', { timeout: 120_000 }, async () => {
    const lines = visits({ rows: 3_000, hours: 2, seed: 9 });
    const twice = lines.map((line, row) =>
      row % 3 === 0 ? line.replace(/^visit 9-\d+/, 'visit 9-0') : line,
    );
    const reference = csv('reference.csv', visits({ rows: 5_000, hours: 4, seed: 10 }));
    const compared = async (rows: readonly string[]): Promise<FileComparison> =>
      JSON.parse(
        (await compare(reference, csv('current.csv', rows), '--json', '--positive-class', 'yes')).out,
      ) as FileComparison;
    expect(await compared(shuffled(twice, 11))).toEqual(await compared(twice));
  });
});
