import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseConfig } from '../../src/config/load.ts';
import { formatProblem } from '../../src/config/problem.ts';

const SECRET = 'S3CRETc0';
/** Values that mean something to YAML when nobody quotes them. */
const REFUSED = [
  `*${SECRET}`,
  `!${SECRET}`,
  `!!${SECRET}`,
  `!<${SECRET}> x`,
  `|${SECRET}`,
  `>${SECRET}`,
  `@${SECRET}`,
  `\`${SECRET}`,
  `%${SECRET}`,
  `"${SECRET}`,
  `'${SECRET}`,
  `"${SECRET}\\q"`,
  `"x"${SECRET}`,
  `{{${SECRET}}}`,
  `{${SECRET}`,
  `[${SECRET}`,
  `]${SECRET}`,
  `}${SECRET}`,
  `,${SECRET}`,
  `a: ${SECRET}: b`,
  `&${SECRET} *${SECRET}`,
  `&${SECRET} [*${SECRET}]`,
  `!a !${SECRET} x`,
  `&a &${SECRET} x`,
  `{a: 1, a: ${SECRET}, a: 2}`,
  `- ${SECRET}`,
  `{a: b,${SECRET}}`,
  `!e!${SECRET} x`,
  `!!int ${SECRET}`,
  `!!timestamp ${SECRET}`,
  `x\n---\n${SECRET}`,
];
const PLACES: readonly ((value: string) => string)[] = [
  (value) => `database: ${value}\n`,
  (value) => `kafka:\n  sasl:\n    password: ${value}\n`,
  (value) => `smtp: {url: ${value}}\n`,
  (value) => `webhooks:\n  a:\n    secret:\n      - ${value}\n`,
  (value) => `channels:\n  a:\n    headers:\n      Authorization: ${value}\nmodels: []\n`,
  (value) => `smtp:\n  url: ${value} # with a comment\n`,
];

async function shown(text: string): Promise<string[]> {
  const read = await parseConfig(text, {
    file: 'shiftwatch.yaml',
    env: {},
    readFile: () => Promise.reject(new Error('no file')),
  });
  return read.ok ? [] : read.error.map(formatProblem);
}

test('nothing of a value that YAML misreads is repeated, and its line and column are told', async () => {
  const anywhere = fc.record({ value: fc.constantFrom(...REFUSED), place: fc.constantFrom(...PLACES) });
  await fc.assert(
    fc.asyncProperty(anywhere, async ({ value, place }) => {
      const problems = await shown(place(value));
      expect(problems).not.toEqual([]);
      for (const problem of problems) {
        expect(problem).toMatch(/^shiftwatch\.yaml:\d+:\d+: /);
        expect(problem).not.toContain(SECRET);
      }
    }),
    { seed: 20, numRuns: 600 },
  );
});

test.each(['*', '!', '|', '@', '%'])('a password that begins with %s is told to be quoted', async (sign) => {
  const problems = await shown(`kafka:\n  sasl:\n    password: ${sign}${SECRET}\n`);
  expect(problems[0]).toMatch(/^shiftwatch\.yaml:3:1\d: .*quote the value/);
});

test('aliases that stand for very much are refused without a stack', async () => {
  const levels = Array.from({ length: 12 }, (_, level) => {
    const before = level === 0 ? 'x' : `*a${level - 1}`;
    return `a${level}: &a${level} [${Array(9).fill(before).join(', ')}]`;
  });
  expect(await shown(levels.join('\n'))).toEqual([
    expect.stringMatching(/^shiftwatch\.yaml:2:\d+: the aliases .* stand for too much/),
  ]);
});
