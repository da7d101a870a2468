import { type Command, InvalidArgumentError, Option } from 'commander';
import type { OperationsIo } from '../terminal/ports.ts';
import { authorOption, durationOption, timeOption } from '../terminal/attention-options.ts';
import type { AddSilenceOptions } from './silences.ts';

/** `shiftwatch silence add | list | expire | preview` */
export function register(program: Command, io: OperationsIo): void {
  const silence = program.command('silence').description('what nobody is told for a time');
  silence
    .command('add <matchers...>')
    .description(
      "silences what fits all of these, such as model=fraud 'feature=~amount|currency'; prints its id",
    )
    .addOption(durationOption('--for <time>', 'how long, such as 2h'))
    .addOption(timeOption('--until <time>', 'or until when, such as 2026-03-11T08:00:00Z'))
    .addOption(timeOption('--starts <time>', 'when it begins (default: now)'))
    .addOption(authorOption())
    .requiredOption('--comment <text>', 'why', parseComment)
    .action(async (matchers: string[], options: AddSilenceOptions) => {
      const { addSilence } = await import('./silences.ts');
      await addSilence(io, matchers, options);
    });
  silence
    .command('list')
    .description('those in force and those to come')
    .option('--all', 'also those that have ended')
    .option('--json', 'print JSON')
    .action(async (options: { all?: boolean; json?: boolean }) => {
      const { showSilences } = await import('./silences.ts');
      await showSilences(io, { all: options.all === true, json: options.json === true });
    });
  silence
    .command('expire <id>')
    .description('ends a silence now; what it held back and still stands is told')
    .addOption(authorOption())
    .action(async (id: string, { author }: { author: string }) => {
      const { endSilence } = await import('./silences.ts');
      await endSilence(io, id, author);
    });
  silence
    .command('preview <matchers...>')
    .description('shows which open alerts a silence of these matchers would hold back, and makes none')
    .addOption(new Option('--json', 'print JSON'))
    .action(async (matchers: string[], options: { json?: boolean }) => {
      const { showPreview } = await import('./silences.ts');
      await showPreview(io, matchers, options.json === true);
    });
}

function parseComment(text: string): string {
  if (/^[^\p{Cc}]{1,1000}$/u.test(text.trim())) return text.trim();
  throw new InvalidArgumentError('Expected 1 to 1000 characters.');
}
