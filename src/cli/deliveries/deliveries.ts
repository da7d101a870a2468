import { type Command, InvalidArgumentError, Option } from 'commander';
import { UserError } from '../../core/errors.ts';
import { DELIVERY_STATES, type DeliveryState } from '../../core/jobs.ts';
import type { OperationsIo } from '../terminal/ports.ts';
import type { ReplaySelection } from './replay-deliveries.ts';

interface ListOptions {
  readonly state?: DeliveryState;
  readonly channel?: string;
  readonly model?: string;
  readonly limit: number;
  readonly json?: boolean;
}

interface ReplayOptions {
  readonly dead?: boolean;
  readonly channel?: string;
  readonly dryRun?: boolean;
}

const CHANNEL = 'only to this channel, or the webhook of a retraining';

/** `shiftwatch deliveries list | show | replay` */
export function register(program: Command, io: OperationsIo): void {
  const deliveries = program
    .command('deliveries')
    .description('mails and posts, each to one target, and what became of them');
  deliveries
    .command('list')
    .description('the newest ones')
    .addOption(new Option('--state <state>', 'only in this state').choices(DELIVERY_STATES))
    .option('--channel <name>', CHANNEL)
    .option('--model <name>', 'only about this model')
    .addOption(new Option('--limit <n>', 'at most so many').argParser(parseLimit).default(50))
    .option('--json', 'print JSON')
    .action((options: ListOptions) => list(io, options));
  deliveries
    .command('show <id>')
    .description('one of them with all its attempts')
    .option('--json', 'print JSON')
    .action((id: string, options: { json?: boolean }) => show(io, parseId(id), options.json === true));
  deliveries
    .command('replay [id]')
    .description('sends dead ones again, under the same Message-ID or webhook-id')
    .option('--dead', 'all dead ones')
    .option('--channel <name>', `all dead ones, ${CHANNEL}`)
    .option('--dry-run', 'only say what would happen')
    .action((id: string | undefined, options: ReplayOptions, command: Command) => {
      const selection = selectionOf(id, options);
      return selection === null
        ? command.error('error: say which deliveries: an id, --dead or --channel NAME')
        : replay(io, selection, options.dryRun === true);
    });
}

function parseLimit(text: string): number {
  const limit = Number(text);
  if (Number.isInteger(limit) && limit >= 1 && limit <= 1_000_000) return limit;
  throw new InvalidArgumentError('Expected a whole number from 1 to 1000000.');
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

function parseId(text: string): string {
  if (UUID.test(text)) return text;
  throw unknownDelivery(text);
}

function unknownDelivery(id: string): UserError {
  return new UserError(`there is no delivery ${id}`, {
    fix: 'Take the last column of `shiftwatch deliveries list`.',
  });
}

async function list(io: OperationsIo, options: ListOptions): Promise<void> {
  const { withDatabase } = await import('../terminal/with-database.ts');
  const { listDeliveries } = await import('../../store/read-models/deliveries.ts');
  const { state, channel: endpoint, model, limit } = options;
  const { items, next } = await withDatabase(io, ({ pool }) =>
    listDeliveries(pool, { state, endpoint, model }, { limit, after: null }),
  );
  if (options.json === true) {
    io.print(`${JSON.stringify(items, null, 2)}\n`);
  } else if (items.length === 0) {
    io.say('There is no such delivery.\n');
  } else {
    const { deliveryTable } = await import('./delivery-report.ts');
    io.print(deliveryTable(items));
    if (next !== null) io.say(`There are more than these ${items.length}; --limit shows more.\n`);
  }
}

async function show(io: OperationsIo, id: string, asJson: boolean): Promise<void> {
  const { withDatabase } = await import('../terminal/with-database.ts');
  const { findDelivery } = await import('../../store/read-models/deliveries.ts');
  const found = await withDatabase(io, ({ pool }) => findDelivery(pool, id));
  if (found === null) throw unknownDelivery(id);
  const { deliveryReport } = await import('./delivery-report.ts');
  io.print(asJson ? `${JSON.stringify(found, null, 2)}\n` : deliveryReport(found));
}

async function replay(io: OperationsIo, selection: ReplaySelection, dryRun: boolean): Promise<void> {
  const { withDatabase } = await import('../terminal/with-database.ts');
  const { replayDeliveries, replayReport } = await import('./replay-deliveries.ts');
  const { noteCommand } = await import('../terminal/note-command.ts');
  const { id, channel } = selection;
  const outcome = await withDatabase(io, async ({ pool }) => {
    const replayed = await replayDeliveries(pool, selection, { nowMs: io.clock.nowMs(), dryRun });
    const [refusal = null] = id === null ? [] : replayed.refused.keys();
    if (!dryRun) await noteCommand(io, pool, 'delivery.replay', id ?? channel, refusal);
    return replayed;
  });
  if (id !== null && outcome.refused.has('unknown')) throw unknownDelivery(id);
  io.print(replayReport(outcome, dryRun));
  // Asked for one, and it is not sent: that is a failure.
  if (id !== null && outcome.queued === 0) io.exitWith(1);
}

/** Null: neither one nor all, or both. */
function selectionOf(id: string | undefined, { dead, channel }: ReplayOptions): ReplaySelection | null {
  const isBulk = dead === true || channel !== undefined;
  if ((id !== undefined) === isBulk) return null;
  return id === undefined ? { id: null, channel: channel ?? null } : { id: parseId(id), channel: null };
}
