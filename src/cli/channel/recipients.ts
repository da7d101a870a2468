import type { Command } from 'commander';
import { UserError } from '../../core/errors.ts';
import type { OperationsIo } from '../terminal/ports.ts';

/** `shiftwatch recipients list | resume` */
export function register(program: Command, io: OperationsIo): void {
  const recipients = program
    .command('recipients')
    .description('who gets alert mails, and who has stopped them');
  recipients
    .command('list')
    .description('every recipient of the configured channels, and those who have unsubscribed')
    .option('--json', 'print JSON')
    .action((options: { json?: boolean }) => list(io, options.json === true));
  recipients
    .command('resume <address>')
    .description('sends mails to an address again that has unsubscribed')
    .action((address: string) => resume(io, address));
}

interface Recipient {
  readonly address: string;
  readonly channels: readonly string[];
  readonly unsubscribed_at: string | null;
}

async function list(io: OperationsIo, asJson: boolean): Promise<void> {
  const { withDatabase } = await import('../terminal/with-database.ts');
  const { listUnsubscribed } = await import('../../store/outbox/mail-recipients.ts');
  const recipients = await withDatabase(io, async ({ config, pool }) =>
    recipientsOf(config.channels, await listUnsubscribed(pool)),
  );
  if (asJson) {
    io.print(`${JSON.stringify(recipients, null, 2)}\n`);
  } else if (recipients.length === 0) {
    io.say('No channel of type email is configured, and nobody has unsubscribed.\n');
  } else {
    const { textTable } = await import('../terminal/text-table.ts');
    const rows = recipients.map(({ address, channels, unsubscribed_at: at }) => [
      address,
      channels.length === 0 ? '-' : channels.join(', '),
      at === null ? 'gets mails' : `unsubscribed ${at.slice(0, 16).replace('T', ' ')}`,
    ]);
    io.print(textTable(['ADDRESS', 'CHANNELS', 'STATE (UTC)'], rows));
  }
}

type Channels = ReadonlyMap<string, { readonly type: string; readonly to?: readonly string[] }>;

async function recipientsOf(
  channels: Channels,
  unsubscribed: readonly { readonly address: string; readonly unsubscribed_at: string }[],
): Promise<Recipient[]> {
  const { bareAddress } = await import('../../core/mail-address.ts');
  const named = [...channels].flatMap(([channel, { to = [] }]) =>
    to.map((recipient) => ({ address: bareAddress(recipient), channel })),
  );
  const stoppedAt = new Map(unsubscribed.map((row) => [row.address, row.unsubscribed_at]));
  return [...new Set([...named.map(({ address }) => address), ...stoppedAt.keys()])]
    .sort()
    .map((address) => ({
      address,
      channels: named.filter((each) => each.address === address).map(({ channel }) => channel),
      unsubscribed_at: stoppedAt.get(address) ?? null,
    }));
}

async function resume(io: OperationsIo, given: string): Promise<void> {
  const { withDatabase } = await import('../terminal/with-database.ts');
  const { resumeMails } = await import('../../store/outbox/mail-recipients.ts');
  const { bareAddress } = await import('../../core/mail-address.ts');
  const address = bareAddress(given);
  const { noteCommand } = await import('../terminal/note-command.ts');
  const resumed = await withDatabase(io, async ({ pool }) => {
    const was = await resumeMails(pool, address);
    // Without the address: it is a person's.
    if (was !== null) await noteCommand(io, pool, 'recipient.resume', null);
    return was;
  });
  if (resumed === null) {
    throw new UserError(`${address} has not unsubscribed`, {
      fix: 'Take an address from `shiftwatch recipients list`.',
    });
  }
  io.say(`${address} gets mails again.\n`);
}
