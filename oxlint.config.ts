import { readFileSync } from 'node:fs';
import { defineConfig, type OxlintOverride } from 'oxlint';

/**
 * The import law is read from the tables in docs/architecture.md: each room's row says what it may import, and what is not
 * said is refused. A file of depth 2 in a room imports another room as `../../other/…`, so each depth has rules of its own.
 */
const PAGE = readFileSync(new URL('docs/architecture.md', import.meta.url), 'utf8');
const DEEPEST = 4;

/** The rows of the table whose heading ends with these words. */
function table(heading: string): string[][] {
  const from = PAGE.indexOf(heading);
  if (from < 0) throw new Error(`docs/architecture.md has no table "${heading}"`);
  const lines = PAGE.slice(from).split('\n').slice(2);
  const end = lines.findIndex((line) => !line.startsWith('|'));
  return lines.slice(0, end).map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
}

const names = (cell = ''): string[] => cell.split(/, (?:and )?|\band /).map((name) => name.trim());
const roomOf = (cell = ''): string => cell.replaceAll('`', '').replace('src/', '');

const outer = table('| room | what lives there | may import |');
const inner = table('| room | what lives there | may import beside it |');
const rooms = outer.map(([room]) => roomOf(room)).filter((room) => !room.includes('/'));

/** Top rooms that a room may import, by its row; one without a row of its own goes by that of the room it is in. */
function mayImport(room: string): readonly string[] {
  const row = outer.find(([cell]) => roomOf(cell) === room);
  if (row === undefined) return mayImport(room.split('/')[0] ?? '');
  const [, , allowed = ''] = row;
  if (allowed.startsWith('nothing')) return [];
  if (allowed.startsWith('every room but ')) {
    const but = names(allowed.replace('every room but ', ''));
    return rooms.filter((each) => !but.includes(each));
  }
  return names(allowed);
}

/** Rooms beside it within the same room that it may not import. */
function refusedBeside(room: string): string[] {
  const [top = '', own = ''] = room.split('/');
  const row = inner.find(([cell]) => roomOf(cell) === room);
  if (row === undefined || own === '') return [];
  const beside = inner.map(([cell]) => roomOf(cell).split('/')).filter(([other]) => other === top);
  const allowed = row[2] === 'every one' ? beside.map(([, each = '']) => each) : names(row[2]);
  return beside.flatMap(([, each = '']) => (each === own || allowed.includes(each) ? [] : [each]));
}

const packages = table('| package | which rooms know it |').map(([name = '', knowing]) => ({
  name: name.replaceAll('`', ''),
  rooms: names(knowing),
}));

function law(room: string, depth: number): OxlintOverride {
  const [top = '', own] = room.split('/');
  const allowed = new Set([top, ...mayImport(room)]);
  const up = (levels: number): string => `^(?:\\.\\./){${levels}}`;
  const refused = rooms.filter((each) => !allowed.has(each));
  const beside = refusedBeside(room);
  const patterns = [
    {
      regex: `${up(depth)}(?:pipeline|main)\\.ts$`,
      message: 'What is composed does not know its composition.',
    },
    ...(refused.length === 0
      ? []
      : [
          {
            regex: `${up(depth)}(?:${refused.join('|')})/`,
            message: `src/${room} may import: ${[...allowed].join(', ')} (docs/architecture.md).`,
          },
        ]),
    ...(beside.length === 0
      ? []
      : [
          {
            regex: `${up(depth - 1)}(?:${beside.join('|')})/`,
            message: `src/${room} may not import these (docs/architecture.md): ${beside.join(', ')}.`,
          },
        ]),
  ];
  const paths = packages
    .filter((each) => !each.rooms.includes(top))
    .map(({ name }) => ({ name, message: `${name} stays behind its room; take a port instead.` }));
  const below = '*/'.repeat(depth - 1 - (own === undefined ? 0 : 1));
  return {
    files: [`src/${room}/${below}*.{ts,tsx}`],
    rules: {
      'eslint/no-restricted-imports': [
        'error',
        { paths, patterns: top === 'cli' ? patterns.slice(1) : patterns },
      ],
    },
  };
}

const depths = Array.from({ length: DEEPEST }, (_, at) => at + 1);
const withRows = new Set([...rooms, ...[...outer, ...inner].map(([cell]) => roomOf(cell))]);

/**
 * Functions fit on a screen, files on a few. What is longer still, and how long: these may only shrink, and go when they
 * fit (`test/tidy.test.ts`). Functions of tests are not measured: a suite is one.
 */
const FUNCTION_LINES = 70;
const FILE_LINES = 400;
export const LONG_FUNCTIONS: Readonly<Record<string, number>> = {
  'src/act/queue/bullmq-queue.ts': 96,
  'src/act/relay.ts': 76,
  'src/api/routes/windows.ts': 86,
  'src/ingest/kafka/assignment.ts': 74,
  'src/ingest/kafka/handover.ts': 90,
  'src/ingest/kafka/kafka-source.ts': 183,
  'src/ingest/table/table-columns.ts': 73,
  'src/pipeline/intake/accept-events.ts': 140,
  'src/pipeline/serve/duty.ts': 73,
  'src/stats/table/merged-pair.ts': 92,
  'src/store/read-models/pipeline.ts': 131,
};
export const LONG_FILES: Readonly<Record<string, number>> = {
  'src/core/findings.ts': 412,
  'test/decode/presets/samples.test.ts': 502,
  'test/ingest/schema-registry.test.ts': 428,
  'test/integration/evaluate/performance-line.test.ts': 573,
  'test/integration/evaluate/stale-verdicts.test.ts': 484,
  'test/integration/incidents/alert-states.test.ts': 426,
  'test/integration/intake/batch-oracle.test.ts': 425,
  'test/integration/serve/limits.test.ts': 534,
  'test/integration/serve/service-parts.test.ts': 418,
  'test/stats/profile/counting.test.ts': 410,
  'test/stats/profile/label-performance.test.ts': 431,
};

const mostLines = (
  max: number,
): ['error', { max: number; skipBlankLines: boolean; skipComments: boolean }] => [
  'error',
  { max, skipBlankLines: false, skipComments: false },
];

export default defineConfig({
  plugins: ['typescript', 'unicorn', 'import', 'promise', 'node'],
  categories: { correctness: 'error', suspicious: 'error' },
  rules: {
    'typescript/no-floating-promises': 'error',
    'typescript/no-misused-promises': 'error',
    'typescript/await-thenable': 'error',
    'typescript/no-explicit-any': 'error',
    'typescript/no-unsafe-assignment': 'off',
    'typescript/no-unsafe-type-assertion': 'off',
    'typescript/no-unsafe-enum-assignment': 'off',
    'typescript/switch-exhaustiveness-check': [
      'error',
      {
        considerDefaultExhaustiveForUnions: true,
      },
    ],
    'typescript/consistent-type-imports': 'error',
    'eslint/no-console': 'off',
    'eslint/no-await-in-loop': 'off',
    'eslint/no-underscore-dangle': 'off',
    'eslint/no-shadow': 'off',
    'eslint/max-depth': ['error', 4],
    'unicorn/no-array-sort': 'off',
    'unicorn/no-array-reverse': 'off',
    'unicorn/consistent-function-scoping': 'off',
    'unicorn/prefer-add-event-listener': 'off',
    'import/no-unassigned-import': 'off',
    'import/no-cycle': 'error',
    'typescript/unbound-method': 'off',
    'typescript/no-unnecessary-type-parameters': 'off',
    'import/no-named-as-default-member': 'off',
    'eslint/no-unmodified-loop-condition': 'off',
    'typescript/consistent-return': 'off',
  },
  overrides: [
    { files: ['**/*.{ts,tsx}'], rules: { 'eslint/max-lines': mostLines(FILE_LINES) } },
    {
      files: ['src/**/*.{ts,tsx}', 'bench/**/*.ts'],
      rules: { 'eslint/max-lines-per-function': mostLines(FUNCTION_LINES) },
    },
    ...Object.entries(LONG_FILES).map(([file, max]) => ({
      files: [file],
      rules: { 'eslint/max-lines': mostLines(max) },
    })),
    ...Object.entries(LONG_FUNCTIONS).map(([file, max]) => ({
      files: [file],
      rules: { 'eslint/max-lines-per-function': mostLines(max) },
    })),
    ...[...withRows].flatMap((room) =>
      depths.filter((depth) => depth > (room.includes('/') ? 1 : 0)).map((depth) => law(room, depth)),
    ),
  ],
});
