import { type Command, InvalidArgumentError } from 'commander';
import type { OperationsIo } from '../terminal/ports.ts';

/** `shiftwatch retrain show` */
export function register(program: Command, io: OperationsIo): void {
  const retrain =
    program.commands.find((command) => command.name() === 'retrain') ??
    program.command('retrain').description('runs asked of training pipelines');
  retrain
    .command('show')
    .argument('<run>', 'its id, as the dashboard, mails and the API give it', parseRun)
    .description('how a run got on, how long it took to be good enough, and whether it has helped')
    .option('--json', 'print everything as JSON, the curve included')
    .action(async (run: string, { json }: { json?: boolean }) => {
      const { showRetrain } = await import('./show-retrain.ts');
      await showRetrain(run, json === true, io);
    });
}

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

function parseRun(text: string): string {
  if (UUID.test(text)) return text;
  throw new InvalidArgumentError('a run has an id such as 0195815e-7a1b-7c3d-9e4f-1a2b3c4d5e6f.');
}
