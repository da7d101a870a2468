import type { Command } from 'commander';
import type { OperationsIo } from '../terminal/ports.ts';

/** `shiftwatch channel test` */
export function register(program: Command, io: OperationsIo): void {
  program
    .command('channel')
    .description('tries a channel of the configuration out')
    .command('test <name>')
    .description('prints what would be sent, with secrets masked')
    .option('--send', 'also send it, marked as a test')
    .action(async (name: string, options: { send?: boolean }) => {
      const { tryChannel } = await import('../../pipeline/messages/try-endpoint.ts');
      const { runTrials } = await import('./try-endpoint.ts');
      const trials = tryChannel(await io.config(), name, io.clock);
      await runTrials(io, trials, { section: 'channels', name, send: options.send === true });
    });
}
