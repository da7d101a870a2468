import { type Command, InvalidArgumentError, Option } from 'commander';
import type { Io } from '../terminal/io.ts';
import { addModelOptions, addTableOptions, addWritingOptions } from '../terminal/table-options.ts';
import type { InitFlags } from './init-source.ts';

const HELP = `
Examples:
  $ shiftwatch init loans.csv --label repaid > shiftwatch.yaml
  $ shiftwatch init loans.parquet --prediction y_pred --write
  $ shiftwatch init --topic ml.predictions --labels-topic ml.labels --brokers localhost:9092 --write --baseline

A topic is read without a consumer group, and nothing is committed: at most 50,000 records of a partition, the newest.`;

/** `shiftwatch init FILE` · `shiftwatch init --topic NAME --brokers HOST:PORT` */
export function register(program: Command, io: Io): void {
  const command = program
    .command('init')
    .description('writes a first configuration, from a file of rows or from what a Kafka topic holds')
    .argument(
      '[file]',
      'what the model was trained on, or its log (.csv, .jsonl, .json, .parquet, each also .gz)',
    )
    .option('--topic <name>', 'a topic of predictions')
    .option('--labels-topic <name>', 'the topic of their labels')
    .option('--brokers <list>', 'host:port, separated by commas (default: `kafka` of the configuration)')
    .option('--schema-registry <url>', 'for Avro and Protobuf, where the configuration names none')
    .option('--create-topics', 'make the topics that do not exist')
    .option('--model <name>', 'what the model is called; of a topic of several models the one meant')
    .option('--write [path]', 'write shiftwatch.yaml, or this file, which must not exist yet')
    .option('--json', 'print what was noticed as JSON')
    .addOption(
      new Option(
        '--baseline [range]',
        'also store a baseline: all rows of a file, or the older half of what the topic holds, or those of FROM..UNTIL',
      ).argParser(timeRange),
    );
  addWritingOptions(addModelOptions(addTableOptions(command)))
    .addHelpText('after', HELP)
    .action(async (file: string | undefined, flags: InitFlags) => {
      const { runInit } = await import('./run-init.ts');
      await runInit(file, flags, io);
    });
}

const TIME = /^\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:\d{2})?)?$/;

function timeRange(text: string): { fromMs: number; untilMs: number } {
  const [from = '', until = '', ...more] = text.split('..');
  const [fromMs, untilMs] = [from, until].map((each) => (TIME.test(each) ? Date.parse(each) : NaN));
  if (more.length === 0 && fromMs! < untilMs!) return { fromMs: fromMs!, untilMs: untilMs! };
  throw new InvalidArgumentError('Expected two times, such as 2026-03-01..2026-03-08.');
}
