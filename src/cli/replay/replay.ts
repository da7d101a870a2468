import { type Command, InvalidArgumentError, Option } from 'commander';
import { DURATION_FORMAT, DURATION_PATTERN, durationMs } from '../../config/duration.ts';
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
    .option('--url <url>', 'of the API, for --to http (default: where the configuration listens)', address)
    .option('--rate <n>', 'events a second', positive)
    .option('--speed <x>', 'times as fast as the events happened', positive)
    .option('--model <name>', 'for a table: the model its rows belong to')
    .option('--model-version <name>', 'for a table', 'default')
    .option(
      '--label-delay <duration>',
      'for a table: how long after its prediction a label arrives, such as 14d',
      duration,
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

function address(text: string): string {
  if (/^https?:$/.test(URL.parse(text)?.protocol ?? '')) return text;
  throw new InvalidArgumentError('Expected an address, such as http://127.0.0.1:8080.');
}

function duration(text: string): number {
  if (DURATION_PATTERN.test(text)) return durationMs(text);
  throw new InvalidArgumentError(`Expected ${DURATION_FORMAT}.`);
}

function positive(text: string): number {
  const number = Number(text);
  if (Number.isFinite(number) && number > 0) return number;
  throw new InvalidArgumentError('Expected a number above 0.');
}
