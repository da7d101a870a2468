/** The same rows give the same answer: read again, in another order, on any number of threads, in any format. */
import { describe, expect, it } from 'vitest';
import { createRandom } from '../../src/stats/random.ts';
import { fileWith, parquetFile, testFolder } from '../ingest/table/files.ts';
import { compare } from './compare-run.ts';

const ROWS = 330_000;

interface Made {
  readonly head: string;
  readonly lines: readonly string[];
}

/** More than twenty megabytes, which several threads of the database read at once. */
function made(rows: number, seed: number, shift = 0): Made {
  const random = createRandom(seed);
  const countries = ['DE', 'FR', 'NL', ''];
  const lines = Array.from({ length: rows }, () => {
    const age = 20 + 40 * random() + shift;
    const score = 1 / (1 + Math.exp(-(age - 40) / 8));
    const label = random() < score ? 1 : 0;
    return [
      age.toFixed(6),
      (1000 + 3000 * random()).toFixed(2),
      countries[Math.floor(4 * random())],
      `a note of some length ${Math.floor(50 * random())}`,
      label,
      score > 0.5 ? 1 : 0,
      score.toFixed(12),
    ].join(',');
  });
  return { head: 'age,income,country,note,label,prediction,score', lines };
}

const csv = ({ head, lines }: Made): string => `${head}\n${lines.join('\n')}\n`;

function shuffled({ head, lines }: Made, seed: number): Made {
  const random = createRandom(seed);
  const mixed = [...lines];
  for (let at = mixed.length - 1; at > 0; at -= 1) {
    const other = Math.floor((at + 1) * random());
    [mixed[at], mixed[other]] = [mixed[other]!, mixed[at]!];
  }
  return { head, lines: mixed };
}

describe('the order of rows', () => {
  it('of a file above 20 MB does not show, on one thread or two', { timeout: 600_000 }, async () => {
    const folder = testFolder();
    const before = made(ROWS, 1);
    const now = made(3_000, 2, 3);
    const text = csv(before);
    expect(text.length).toBeGreaterThan(20_000_000);
    const reference = fileWith('reference.csv', text, folder);
    const other = fileWith('shuffled.csv', csv(shuffled(before, 3)), folder);
    const current = fileWith('current.csv', csv(now), folder);
    const mixed = fileWith('mixed.csv', csv(shuffled(now, 4)), folder);
    const first = await compare(reference, current, '--json');
    const again = [
      await compare(reference, current, '--json'),
      await compare(reference, current, '--json', '--threads', '2'),
      await compare(other, current, '--json'),
      await compare(other, mixed, '--json', '--threads', '2'),
    ];
    for (const { out } of again) expect(JSON.parse(out)).toEqual(JSON.parse(first.out));
    expect(first.code).toBe(3);
  });

  it('shows in no figure of a regression', { timeout: 300_000 }, async () => {
    const random = createRandom(8);
    const lines = Array.from({ length: 25_000 }, () => {
      const size = 50 * random();
      return [size.toFixed(3), (size * 3 + random()).toFixed(4), (size * 3).toFixed(4)].join(',');
    });
    const table = { head: 'size,label,prediction', lines };
    const reference = fileWith('reference.csv', csv(table));
    const other = fileWith('mixed.csv', csv(shuffled(table, 9)));
    const current = fileWith('current.csv', csv({ ...table, lines: lines.slice(0, 1_000) }));
    const [one, two] = [await compare(reference, current, '--json'), await compare(other, current, '--json')];
    expect(JSON.parse(two.out)).toEqual(JSON.parse(one.out));
  });

  it('shows in no format, with or without ids', { timeout: 300_000 }, async () => {
    for (const ids of [false, true]) {
      const plain = made(30_000, 5);
      const table = ids
        ? { head: `prediction_id,${plain.head}`, lines: plain.lines.map((line, row) => `id${row},${line}`) }
        : plain;
      const reference = fileWith('reference.csv', csv(table));
      const parquet = await parquetFile(
        `SELECT * FROM read_csv('${fileWith('mixed.csv', csv(shuffled(table, 6)))}')`,
      );
      const current = fileWith('current.csv', csv(made(2_000, 7, 1)));
      const [one, two] = [
        await compare(reference, current, '--json'),
        await compare(parquet, current, '--json'),
      ];
      expect(JSON.parse(two.out)).toEqual(JSON.parse(one.out));
    }
  });
});

describe('the order of columns', () => {
  /** Two features that say the same, so that which of them is split on is a tie. */
  function twins(rows: number, seed: number, shift: number): Record<string, string>[] {
    const random = createRandom(seed);
    return Array.from({ length: rows }, () => {
      const age = 20 + 40 * random() + shift;
      const score = 1 / (1 + Math.exp(-(age - 40) / 8));
      return {
        age: age.toFixed(3),
        months: (12 * Number(age.toFixed(3))).toFixed(3),
        country: ['DE', 'FR', ''][Math.floor(3 * random())] ?? '',
        income: (1000 + 3000 * random()).toFixed(2),
        label: random() < score ? '1' : '0',
        prediction: score > 0.5 ? '1' : '0',
        score: score.toFixed(6),
      };
    });
  }
  const csvOf = (rows: readonly Record<string, string>[], columns: readonly string[]): string =>
    csv({ head: columns.join(','), lines: rows.map((row) => columns.map((name) => row[name]).join(',')) });
  const columns = ['age', 'months', 'country', 'income', 'label', 'prediction', 'score'];
  /** What lists columns does so in the order of the file. */
  const byName = (out: string): unknown =>
    JSON.parse(out, (_, value: unknown) =>
      Array.isArray(value) &&
      value.every((each) => typeof each === 'object' && each !== null && 'name' in each)
        ? value.toSorted((one, other) => (String(one.name) < String(other.name) ? -1 : 1))
        : value,
    );

  it('shows in no figure, with ids or without', { timeout: 300_000 }, async () => {
    for (const id of [false, true]) {
      const withIds = (rows: Record<string, string>[]) =>
        id ? rows.map((row, at) => ({ prediction_id: `id${at}`, ...row })) : rows;
      const [before, now] = [withIds(twins(2_600, 21, 0)), withIds(twins(2_300, 22, 2))];
      const names = id ? ['prediction_id', ...columns] : columns;
      const paths = (order: readonly string[]) => [
        fileWith('reference.csv', csvOf(before, order)),
        fileWith('current.csv', csvOf(now, order)),
      ];
      const one = await compare(...paths(names), '--json');
      const two = await compare(...paths(names.toReversed()), '--json');
      expect(byName(two.out)).toEqual(byName(one.out));
    }
  });
});
