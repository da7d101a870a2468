import { type Command, InvalidArgumentError } from 'commander';
import type { Io } from '../terminal/io.ts';

/** `shiftwatch demo` */
export function register(program: Command, io: Io): void {
  program
    .command('demo')
    .description('real data through the whole line, on an embedded database; ends with what was found')
    .option('--port <n>', 'of the page; another free one when it is taken', port, 8080)
    .option('--exit', 'end after the findings instead of keeping the page up')
    .action(async (options: { port: number; exit?: boolean }) => {
      const { runDemo } = await import('./run-demo.ts');
      await runDemo({ port: options.port, exit: options.exit === true }, io);
    });
}

function port(text: string): number {
  const number = Number(text);
  if (Number.isInteger(number) && number >= 1 && number <= 65_535) return number;
  throw new InvalidArgumentError('Expected a port, 1 to 65535.');
}
