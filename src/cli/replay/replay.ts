import { type Command, InvalidArgumentError, Option } from 'commander';
import type { Io } from '../terminal/io.ts';
import { addWritingOptions } from '../terminal/table-options.ts';
import type { ReplayFlags } from './destinations.ts';

/** `shiftwatch replay FILE` */
export function register(program: Command, io: Io): void {
  addWritingOptions(program.command('replay'))
    .description('feeds a file as logs: events in JSON lines, or the rows of a table (.csv, .parquet)')
    .argument('<file>', '.jsonl of events, - for stdin, or .csv/.parquet of rows; each also .gz')
    .addOption(
      new Option(
        '--to <where>',
        'Kafka topics of the configuration, the HTTP API, or straight into the database',
      )
        .choices(['kafka', 'http', 'local'])
        .default('local'),
    )
    .option('--url <url>', 'of the API, for --to http (default: where the configuration listens)')
    .option('--rate <n>', 'events a second', positive)
    .option('--speed <x>', 'times as fast as the events happened', positive)
    .option('--model <name>', 'for a table: the model its rows belong to')
    .option('--model-version <name>', 'for a table', 'default')
    .option(
      '--label-delay <duration>',
      'for a table: how long after its prediction a label arrives, such as 14d',
    )
    .option('--prediction <column>', 'for a table: column of the predictions')
    .option('--score <column>', 'for a table')
    .option('--label <column>', 'for a table')
    .option('--timestamp <column>', 'for a table')
    .option('--prediction-id <column>', 'for a table')
    .action(async (file: string, flags: ReplayFlags) => {
      const { replayFile } = await import('./file.ts');
      await replayFile(file, flags, io);
    });
}

function positive(text: string): number {
  const number = Number(text);
  if (Number.isFinite(number) && number > 0) return number;
  throw new InvalidArgumentError('Expected a number above 0.');
}
