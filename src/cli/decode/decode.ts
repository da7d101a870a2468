import { type Command, InvalidArgumentError, Option } from 'commander';
import type { Io } from '../terminal/io.ts';
import type { DecodeFlags } from './sample.ts';

const MAX_SAMPLE = 10_000;

/** `shiftwatch decode FILE` · `shiftwatch decode --topic T` */
export function register(program: Command, io: Io): void {
  program
    .command('decode')
    .description('shows how the first messages of a file or a topic are understood; stores nothing')
    .argument('[file]', '.jsonl, also .gz; - for stdin')
    .option('--topic <name>', 'a Kafka topic; no position is moved')
    .option('--sample <n>', 'how many messages', whole, 10)
    .option('--format <name>', 'instead of the configured one: json, or the name of a preset')
    .option('--mapping <name>', 'instead of the configured one: a name under `mapping`')
    .option('--model <name>', 'with --format: for messages that name no model')
    .addOption(
      new Option('--type <type>', 'for a file of events without `type`').choices([
        'prediction',
        'features',
        'label',
      ]),
    )
    .option('--json', 'print the summary as JSON too')
    .action(async (file: string | undefined, flags: DecodeFlags) => {
      const { decodeSample } = await import('./sample.ts');
      await decodeSample(file, flags, io);
    });
}

function whole(text: string): number {
  const number = Number(text);
  if (Number.isSafeInteger(number) && number > 0 && number <= MAX_SAMPLE) return number;
  throw new InvalidArgumentError(`Expected a whole number from 1 to ${MAX_SAMPLE}.`);
}
