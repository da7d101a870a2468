import type { Command } from 'commander';
import { UserError } from '../../core/errors.ts';
import type { OperationsIo } from '../terminal/ports.ts';

/** `shiftwatch endpoint list | enable` */
export function register(program: Command, io: OperationsIo): void {
  const endpoint = program
    .command('endpoint')
    .description(
      'channels and webhooks that answered 410 (gone): nothing is sent there until they are enabled',
    );
  endpoint
    .command('list')
    .description('those that are disabled')
    .option('--json', 'print JSON')
    .action((options: { json?: boolean }) => list(io, options.json === true));
  endpoint
    .command('enable <name>')
    .description('sends there again; a changed address in the configuration does the same')
    .action((name: string) => enable(io, name));
}

async function list(io: OperationsIo, asJson: boolean): Promise<void> {
  const { listDisabledEndpoints } = await import('../../store/read-models/disabled-endpoints.ts');
  const { withDatabase } = await import('../terminal/with-database.ts');
  const { textTable } = await import('../terminal/text-table.ts');
  const rows = await withDatabase(io, ({ pool }) => listDisabledEndpoints(pool));
  if (asJson) {
    io.print(`${JSON.stringify(rows, null, 2)}\n`);
  } else if (rows.length === 0) {
    io.say('No channel or webhook is disabled.\n');
  } else {
    const headings = ['NAME', 'SECTION', 'SINCE (UTC)', 'DEAD', 'IT SAID'];
    const cells = rows.map(({ name, section, disabled_at, dead, detail }) => {
      return [name, section, disabled_at.slice(0, 19).replace('T', ' '), String(dead), detail];
    });
    io.print(textTable(headings, cells));
  }
}

async function enable(io: OperationsIo, name: string): Promise<void> {
  const { enableEndpoint } = await import('../../store/outbox/disabled-endpoints.ts');
  const { withDatabase } = await import('../terminal/with-database.ts');
  const { noteCommand } = await import('../terminal/note-command.ts');
  const enabled = await withDatabase(io, async ({ pool }) => {
    const sections = await enableEndpoint(pool, name);
    if (sections.length > 0) await noteCommand(io, pool, 'endpoint.enable', name);
    return sections;
  });
  if (enabled.length === 0) {
    throw new UserError(`nothing that is disabled is called ${name}`, {
      fix: 'Take the first column of `shiftwatch endpoint list`.',
    });
  }
  io.say(
    `${name} is enabled again. What was given up meanwhile: shiftwatch deliveries replay --channel ${name}\n`,
  );
}
