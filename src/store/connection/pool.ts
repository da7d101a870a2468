import { Pool as PgPool, types as pgTypes } from 'pg';
import type pg from 'pg';
import { boundedLog } from '../../core/bounded-log.ts';
import type { Log } from '../../core/log.ts';
import { NEWEST_KNOWN_MIGRATION } from './known-migrations.ts';
import { isSilence } from './outage.ts';
import { noteOutdated, OutdatedWriter } from './outdated-writer.ts';
import { verifySession } from './session-settings.ts';
import { noteRefusedWrite } from './write-health.ts';

export type Pool = pg.Pool;
export type Tx = pg.PoolClient;
/** Either a pool (each query on its own) or a transaction's client. */
export type Queryable = Pick<pg.ClientBase, 'query'> | Pick<pg.Pool, 'query'>;

// int8 arrives as text by default, because it may exceed 2^53. Ours are ids and counts that fit; those that
// may not (offsets, hashes) are selected as ::text and read with BigInt.
const INT8_OID = 20;
const types: pg.CustomTypesConfig = {
  getTypeParser: (oid: number, format?: 'text' | 'binary') =>
    oid === INT8_OID && format !== 'binary' ? readInt8 : pgTypes.getTypeParser(oid, format),
};

function readInt8(text: string): number | bigint {
  const value = Number(text);
  return Number.isSafeInteger(value) ? value : BigInt(text);
}

/** Behind the time at which the server itself would have given a statement up. */
const SILENT_MS = 3_000;

const known = new WeakMap<Pool, number>();
/** Of a transaction that writes: how much was forgotten when it began. */
const forgotten = new WeakMap<Tx, number>();

export interface PoolOptions {
  readonly connectionString: string;
  readonly max: number;
  readonly applicationName: string;
  readonly log: Log;
  /** Longer than any statement of ours should take, shorter than Kafka's session timeout. */
  readonly statementTimeoutMs?: number;
  /** The newest migration that this writer knows, to be another one than this program. */
  readonly knownMigration?: number;
  /** One connection that stays, on which nothing but temporary tables can be written. */
  readonly rehearsal?: boolean;
}

export function createPool(options: PoolOptions): Pool {
  const pool = new PgPool({
    connectionString: options.connectionString,
    max: options.max,
    application_name: options.applicationName,
    statement_timeout: options.statementTimeoutMs ?? 20_000,
    // A server that is stopped or cut off refuses nothing, and answers nothing.
    query_timeout: (options.statementTimeoutMs ?? 20_000) + SILENT_MS,
    idle_in_transaction_session_timeout: 20_000,
    connectionTimeoutMillis: 10_000,
    verify: verifySession,
    types,
    ...(options.rehearsal === true && {
      max: 1,
      idleTimeoutMillis: 0,
      options: '-c default_transaction_read_only=on',
    }),
  });
  if (options.knownMigration !== undefined) known.set(pool, options.knownMigration);
  // Without a listener an idle connection that the server drops would crash the process; the next query
  // reconnects by itself.
  const troubles = boundedLog(options.log, 'database connections');
  pool.on('error', (error) => {
    // `end()` does not wait for the sockets to close; a server that stops right after it is no news.
    if (!pool.ending) troubles.warn({ error: error.message }, 'idle database connection lost');
  });
  // The same while a connection is in use but between two queries: the next one fails, and says so to its caller.
  pool.on('connect', (client) => client.on('error', () => undefined));
  return pool;
}

/** Runs `work` in one transaction: all of it is stored, or none. */
export async function inTransaction<T>(pool: Pool, work: (tx: Tx) => Promise<T>): Promise<T> {
  return await transact(pool, work, 'commit', null);
}

/** The transaction was given up because it took too long. Whether it was stored is not known. */
export class TransactionTooLong extends Error {
  override readonly name = 'TransactionTooLong';
}

/**
 * The same for writers that must not outlive their claim on what they write: after `withinMs` the connection is
 * closed, and the server is told to end the transaction by itself should it not notice.
 */
export async function inTransactionWithin<T>(
  pool: Pool,
  withinMs: number,
  work: (tx: Tx) => Promise<T>,
): Promise<T> {
  return await transact(pool, work, 'commit', withinMs);
}

/** Runs `work` in a transaction that is undone also when all went well: to see what would happen. */
export async function inRehearsal<T>(pool: Pool, work: (tx: Tx) => Promise<T>): Promise<T> {
  return await transact(pool, work, 'rollback', null);
}

/**
 * Runs `work` on the database as it stood at one moment. Nothing can be written, so nobody asks whether this program still
 * may, and no migration waits until a slow reader is done.
 */
export async function inSnapshot<T>(pool: Pool, work: (tx: Tx) => Promise<T>): Promise<T> {
  const start = async (client: Tx): Promise<unknown> =>
    await client.query('begin isolation level repeatable read, read only');
  return await transact(pool, work, 'commit', null, start);
}

async function transact<T>(
  pool: Pool,
  work: (tx: Tx) => Promise<T>,
  end: 'commit' | 'rollback',
  withinMs: number | null,
  start: (client: Tx) => Promise<unknown> = async (client) => await begin(pool, client, withinMs),
): Promise<T> {
  const client = await pool.connect();
  let broken: Error | undefined;
  const deadline = withinMs === null ? null : giveUpAfter(withinMs, client, (error) => (broken = error));
  try {
    await start(client);
    const result = await work(client);
    await client.query(end);
    return result;
  } catch (error) {
    if (broken !== undefined) throw broken;
    // A rollback on a dead connection fails too; then the connection is thrown away instead of reused.
    if (isSilence(error)) broken = error;
    else await client.query('rollback').catch((rollbackError: Error) => (broken = rollbackError));
    noteRefusedWrite(pool, error);
    // The server may have been first to lose its patience: it was given as much of it.
    if (withinMs !== null && isTimeUp(error)) throw tooLong(withinMs);
    throw error;
  } finally {
    if (deadline !== null) clearTimeout(deadline);
    client.release(broken);
  }
}

const tooLong = (withinMs: number): TransactionTooLong =>
  new TransactionTooLong(`the transaction took longer than ${withinMs} ms`);

/** `query_canceled` and `transaction_timeout`. */
function isTimeUp(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === '57014' || error.code === '25P04');
}

function giveUpAfter(withinMs: number, client: Tx, onEnd: (error: Error) => void): NodeJS.Timeout {
  return setTimeout(() => {
    onEnd(tooLong(withinMs));
    // With a query under way this closes the socket, and the query fails.
    void client.end().catch(() => undefined);
  }, withinMs);
}

/**
 * One round trip, in which it is also asked whether this program may still write. Whoever migrates waits for the lock
 * that the question leaves on its table until the transaction ends.
 */
async function begin(pool: Pool, client: Tx, withinMs: number | null): Promise<void> {
  const limits = withinMs === null ? '' : limitTo(withinMs);
  const answers: unknown = await client.query(`begin; ${limits} ${WRITERS}`);
  const newest = known.get(pool) ?? NEWEST_KNOWN_MIGRATION;
  const row = (answers as pg.QueryResult<WritersRow>[]).at(-1)?.rows[0];
  const oldest = row?.migration ?? 0;
  forgotten.set(client, row?.forgotten ?? 0);
  if (oldest <= newest) return;
  const error = new OutdatedWriter(oldest, newest);
  noteOutdated(pool, error);
  throw error;
}

interface WritersRow {
  readonly migration: number;
  readonly forgotten: number | null;
}

/** A database that is still to be migrated knows nothing of what is forgotten. */
const WRITERS = `select migration, (to_jsonb(o) ->> 'forgotten')::int8 as forgotten from oldest_writer o`;

/** Something was forgotten since what is to be stored was read. Nothing was stored; it has to be made anew. */
export class ForgottenSince extends Error {
  override readonly name = 'ForgottenSince';

  constructor() {
    super('a feature was forgotten meanwhile; what was read before is read once more');
  }
}

/**
 * @param asOf how much was forgotten when what this transaction stores was read
 * @throws ForgottenSince where it is more by now
 */
export function expectNothingForgotten(tx: Tx, asOf: number): void {
  if ((forgotten.get(tx) ?? 0) !== asOf) throw new ForgottenSince();
}

/** `transaction_timeout` exists since PostgreSQL 17; before, each statement is bounded. */
function limitTo(withinMs: number): string {
  return `select set_config(name, '${Math.round(withinMs)}', true) from pg_settings
    where name in ('statement_timeout', 'transaction_timeout');`;
}
