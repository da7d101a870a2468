import type { Command } from 'commander';
import type { OperationsIo } from '../terminal/ports.ts';

/** `shiftwatch webhook test` */
export function register(program: Command, io: OperationsIo): void {
  program
    .command('webhook')
    .description('tries the webhook of a retraining out')
    .command('test <name>')
    .description('prints what would be sent, with secrets masked')
    .option(
      '--send',
      'also send it, marked as a test: a pipeline that starts a run for every request starts one',
    )
    .action(async (name: string, options: { send?: boolean }) => {
      const { tryWebhook } = await import('../../pipeline/messages/try-endpoint.ts');
      const { runTrials } = await import('./try-endpoint.ts');
      const trials = tryWebhook(await io.config(), name, io.clock);
      await runTrials(io, trials, { section: 'webhooks', name, send: options.send === true });
    });
}
