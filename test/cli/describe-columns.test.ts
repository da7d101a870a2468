import { describe, expect, it } from 'vitest';
import { describeColumns, doubtfulColumns } from '../../src/cli/baseline/describe-columns.ts';
import { rolesOfColumns } from '../../src/judge/column-roles.ts';
import { readTable } from '../../src/ingest/table/read-table.ts';
import { fileWith } from '../ingest/table/files.ts';

const lines = Array.from({ length: 200 }, (_, row) =>
  [
    `C${String(row).padStart(6, '0')}`,
    1000 + row,
    row % 2 === 0 ? '' : `${row % 7},5`,
    ['DE', 'FR'][row % 2],
    row === 0 ? 'x' : '',
    '',
    'same',
    (row * 7919.25) % 1000,
    row % 2,
  ].join(';'),
);
const file = (): string =>
  fileWith('a.csv', `customer;row;amount;country;rare;empty;one;real;label\n${lines.join('\n')}\n`);

async function understood() {
  const { table, notes, shape } = await readTable(file());
  const settings = new Map([['country', { ignore: true }]]);
  const roles = rolesOfColumns({
    reference: table,
    rows: table.rows,
    settings,
    leftOut: shape.leftOutBecause,
  });
  return { table, notes, roles };
}

describe('how a baseline was understood', () => {
  it('is a line for each column', async () => {
    const { table, roles } = await understood();
    const left = [...roles, { name: 'born', kind: null, role: 'doubtful' as const, why: 'holds dates' }];
    expect(describeColumns(table, left)).toBe(`COLUMN    KIND         ROLE        MISSING  DISTINCT
amount    numeric                  50.0 %   7
country   categorical  ignored     0.0 %    2
rare      categorical  doubtful    99.5 %   1
empty     numeric      doubtful    100.0 %  0
one       categorical  constant    0.0 %    1
real      numeric                  0.0 %    200
label     categorical              0.0 %    2
customer  left out     identifier
row       left out     identifier
born      left out     doubtful
`);
  });

  it('is warned of where it looks like a mistake', async () => {
    const { notes, roles } = await understood();
    expect(notes).toEqual([
      'amount is read as numbers with decimal commas',
      expect.stringMatching(/^customer is unique in nearly every row: an identifier, left out/),
      expect.stringMatching(/^row numbers the rows: an identifier, left out/),
    ]);
    expect(doubtfulColumns(roles)).toEqual([
      expect.stringMatching(/^rare is almost empty/),
      expect.stringMatching(/^empty is empty/),
      expect.stringMatching(/^one holds one and the same value/),
    ]);
  });
});
