import type pg from 'pg';

/**
 * What the text of our statements, and of what comes back, rests on. A database or a role may have other defaults (`alter
 * database … set datestyle = 'German'`); the driver then reads times wrongly without a word, and two writers of one row fail
 * under `repeatable read` where one is meant to wait. Where tables lie and how commits are flushed stay the administrator's.
 */
const SETTINGS = {
  timezone: 'UTC',
  datestyle: 'ISO, YMD',
  intervalstyle: 'postgres',
  bytea_output: 'hex',
  extra_float_digits: '1',
  standard_conforming_strings: 'on',
  array_nulls: 'on',
  default_transaction_isolation: 'read committed',
  default_transaction_deferrable: 'off',
} as const;

const STATEMENT = Object.entries(SETTINGS)
  .map(([name, value]) => `set session ${name} to '${value}'`)
  .join('; ');

/** Once for a connection, before anybody else uses it: one round trip. */
export async function settleSession(client: Pick<pg.ClientBase, 'query'>): Promise<void> {
  await client.query(STATEMENT);
}

/** The same, as a pool asks for it of each new connection. */
export function verifySession(client: Pick<pg.ClientBase, 'query'>, done: (error?: Error) => void): void {
  client.query(STATEMENT, (error?: Error | null) => done(error ?? undefined));
}
