import { type Command, InvalidArgumentError, Option } from 'commander';
import { DEAD_LETTER_REASONS, type DeadLetterReason } from '../../core/events/dead-letter.ts';
import type { DeadLetterRow } from '../../store/rows/dead-letters.ts';
import type { ReplayOutcome } from '../../pipeline/intake/replay-dead-letters.ts';
import type { OperationsIo } from '../terminal/ports.ts';

interface Selection {
  readonly reason?: DeadLetterReason;
  readonly model?: string;
}

interface ListOptions extends Selection {
  readonly limit: number;
  readonly all?: boolean;
  readonly json?: boolean;
}

interface ReplayOptions extends Selection {
  readonly limit?: number;
  readonly dryRun?: boolean;
}

/** `shiftwatch dead-letters list | replay` */
export function register(program: Command, io: OperationsIo): void {
  const letters = program.command('dead-letters').description('records that could not be read');
  letters
    .command('list')
    .description('the newest ones that were not replayed')
    .addOption(reasonOption())
    .option('--model <name>', 'only of this model')
    .addOption(limitOption().default(50))
    .option('--all', 'also those that were replayed')
    .option('--json', 'print JSON')
    .action((options: ListOptions) => list(io, options));
  letters
    .command('replay')
    .description('reads them again, oldest first, now that a model is configured or a decoder mended')
    .addOption(reasonOption())
    .option('--model <name>', 'only of this model')
    .addOption(limitOption())
    .option('--dry-run', 'only say what would happen')
    .action((options: ReplayOptions) => replay(io, options));
}

function reasonOption(): Option {
  return new Option('--reason <reason>', 'only with this reason').choices(DEAD_LETTER_REASONS);
}

function limitOption(): Option {
  return new Option('--limit <n>', 'at most so many').argParser((text) => {
    const limit = Number(text);
    if (Number.isInteger(limit) && limit >= 1 && limit <= 1_000_000) return limit;
    throw new InvalidArgumentError('Expected a whole number from 1 to 1000000.');
  });
}

async function list(io: OperationsIo, options: ListOptions): Promise<void> {
  const { withDatabase } = await import('../terminal/with-database.ts');
  const { listDeadLetters } = await import('../../store/read-models/dead-letters.ts');
  const { reason, model, limit } = options;
  const filter = { reason, model, replayed: options.all === true ? undefined : false };
  const { items, next } = await withDatabase(io, ({ pool }) =>
    listDeadLetters(pool, filter, { limit, after: null }),
  );
  if (options.json === true) {
    io.print(`${JSON.stringify(items, null, 2)}\n`);
  } else if (items.length === 0) {
    io.say('There is no dead letter here: everything could be read.\n');
  } else {
    const { textTable } = await import('../terminal/text-table.ts');
    io.print(textTable(['RECEIVED (UTC)', 'REASON', 'MODEL', 'POSITION', 'DETAIL'], items.map(letterRow)));
    if (next !== null) io.say(`There are more than these ${items.length}; --limit shows more.\n`);
  }
}

function letterRow(row: DeadLetterRow): string[] {
  const received = row.received_at.slice(0, 19).replace('T', ' ');
  return [received, row.reason, row.model ?? '-', `${row.source}/${row.partition}@${row.offset}`, row.detail];
}

async function replay(io: OperationsIo, options: ReplayOptions): Promise<void> {
  const { withDatabase } = await import('../terminal/with-database.ts');
  const dryRun = options.dryRun === true;
  const { noteCommand } = await import('../terminal/note-command.ts');
  const outcome = await withDatabase(io, async ({ config, url, pool }) => {
    const replayed = await io.replayDeadLetters({
      config,
      databaseUrl: url,
      reason: options.reason ?? null,
      model: options.model ?? null,
      limit: options.limit ?? null,
      dryRun,
    });
    if (!dryRun) await noteCommand(io, pool, 'dead_letter.replay', options.model ?? null);
    return replayed;
  });
  io.print(replayReport(outcome, dryRun));
}

function replayReport(
  { accepted, duplicates, stillDead, truncated, withheld }: ReplayOutcome,
  dryRun: boolean,
): string {
  const facts = [
    `${accepted} ${dryRun ? 'would be stored' : 'stored'}`,
    `${duplicates} duplicate${duplicates === 1 ? '' : 's'}`,
    ...stillDead.map(({ reason, count }) => `${count} still ${reason}`),
    ...(truncated > 0 ? [`${truncated} too long to have been kept whole`] : []),
    ...(withheld > 0 ? [`${withheld} of which only the reason was kept (\`privacy\`)`] : []),
  ];
  return `${facts.join(', ')}\n`;
}
