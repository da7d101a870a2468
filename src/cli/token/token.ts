import { type Command, InvalidArgumentError, Option } from 'commander';
import { DURATION_FORMAT, DURATION_PATTERN, durationMs } from '../../config/duration.ts';
import { UserError } from '../../core/errors.ts';
import type { TokenRow, TokenScope } from '../../store/tokens.ts';
import type { OperationsIo } from '../terminal/ports.ts';

const SCOPES: readonly TokenScope[] = ['read', 'ingest', 'operate'];

interface CreateOptions {
  readonly name: string;
  readonly scopes: readonly TokenScope[];
  /** Null: never. */
  readonly expires: number | null;
}

/** `shiftwatch token create | list | revoke` */
export function register(program: Command, io: OperationsIo): void {
  const token = program.command('token').description('who may use the API');
  token
    .command('create')
    .description('makes a token and prints it, once')
    .requiredOption('--name <name>', 'what it is for, such as "ingest of fraud"', parseName)
    .addOption(
      new Option('--scopes <list>', 'read, ingest, operate (includes read); separated by commas')
        .argParser(parseScopes)
        .makeOptionMandatory(),
    )
    .addOption(
      new Option('--expires <after>', 'how long it is good for, such as 90d')
        .argParser(parseExpiry)
        .default(null, 'never'),
    )
    .action((options: CreateOptions) => create(io, options));
  token
    .command('list')
    .description('shows every token, without its secret')
    .option('--json', 'print JSON')
    .action((options: { json?: boolean }) => list(io, options.json === true));
  token
    .command('revoke <prefix>')
    .description('ends a token at once; the prefix is what `token list` shows, sw_ and twelve characters')
    .action((prefix: string) => revoke(io, prefix));
}

async function create(io: OperationsIo, { name, scopes, expires }: CreateOptions): Promise<void> {
  const { createToken } = await import('../../store/tokens.ts');
  const { inTransaction } = await import('../../store/connection/pool.ts');
  const { noteCommand } = await import('../terminal/note-command.ts');
  const { withDatabase } = await import('../terminal/with-database.ts');
  const expiresAtMs = expires === null ? null : io.clock.nowMs() + expires;
  const { text, row, isAsked } = await withDatabase(io, async ({ pool, config }) => {
    const made = await inTransaction(pool, async (tx) => {
      const created = await createToken(tx, { name, scopes, expiresAtMs });
      await noteCommand(io, tx, 'token.create', created.row.prefix);
      return created;
    });
    return { ...made, isAsked: config.auth.tokens };
  });
  // Alone on standard output, so that it can go into a variable or a secret store.
  io.print(`${text}\n`);
  const until = row.expires_at === null ? 'does not expire' : `is good until ${row.expires_at}`;
  io.say(`Keep it now: it is shown once. It ${until}; \`shiftwatch token revoke ${row.prefix}\` ends it.\n`);
  if (!isAsked) io.say('Tokens are not asked for yet: set `auth: { tokens: true }` in the configuration.\n');
}

async function list(io: OperationsIo, asJson: boolean): Promise<void> {
  const { listTokens } = await import('../../store/tokens.ts');
  const { withDatabase } = await import('../terminal/with-database.ts');
  const { textTable } = await import('../terminal/text-table.ts');
  const tokens = await withDatabase(io, ({ pool }) => listTokens(pool));
  if (asJson) {
    io.print(`${JSON.stringify(tokens, null, 2)}\n`);
  } else if (tokens.length === 0) {
    io.say('There is no token. Make one: shiftwatch token create --name NAME --scopes read\n');
  } else {
    const nowMs = io.clock.nowMs();
    const headings = ['TOKEN', 'NAME', 'SCOPES', 'STATE', 'EXPIRES', 'LAST USED'];
    io.print(
      textTable(
        headings,
        tokens.map((row) => tokenRow(row, nowMs)),
      ),
    );
  }
}

function tokenRow(row: TokenRow, nowMs: number): string[] {
  const isExpired = row.expires_at !== null && Date.parse(row.expires_at) <= nowMs;
  const state = row.revoked_at !== null ? 'revoked' : isExpired ? 'expired' : 'in force';
  return [
    row.prefix,
    row.name,
    row.scopes.join(','),
    state,
    row.expires_at ?? 'never',
    row.last_used_at ?? 'never',
  ];
}

async function revoke(io: OperationsIo, prefix: string): Promise<void> {
  const { revokeToken } = await import('../../store/tokens.ts');
  const { inTransaction } = await import('../../store/connection/pool.ts');
  const { noteCommand } = await import('../terminal/note-command.ts');
  const { withDatabase } = await import('../terminal/with-database.ts');
  const row = await withDatabase(io, async ({ pool }) =>
    inTransaction(pool, async (tx) => {
      const revoked = await revokeToken(tx, prefix);
      if (revoked !== null) await noteCommand(io, tx, 'token.revoke', revoked.prefix);
      return revoked;
    }),
  );
  if (row === null) {
    throw new UserError(`no token in force is called ${prefix}`, {
      fix: 'Take the first column of `shiftwatch token list`.',
    });
  }
  io.say(`${row.prefix} (${row.name}) is revoked.\n`);
}

function parseName(text: string): string {
  if (/^[^\p{Cc}]{1,100}$/u.test(text)) return text;
  throw new InvalidArgumentError('Expected 1 to 100 characters.');
}

function parseScopes(text: string): TokenScope[] {
  const scopes = [...new Set(text.split(',').map((word) => word.trim()))];
  const known = SCOPES.filter((scope) => scopes.includes(scope));
  if (known.length === scopes.length) return known;
  throw new InvalidArgumentError(`Accepted are ${SCOPES.join(', ')}, separated by commas.`);
}

function parseExpiry(text: string): number | null {
  if (text === 'never') return null;
  if (DURATION_PATTERN.test(text) && durationMs(text) > 0) return durationMs(text);
  throw new InvalidArgumentError(`Expected ${DURATION_FORMAT}; or never.`);
}
