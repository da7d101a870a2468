import { InvalidArgumentError, Option } from 'commander';
import type { Command } from 'commander';
import { UsageError } from '../../core/errors.ts';
import type { DetectRequest } from '../../files/detect/file.ts';
import { progressLine } from '../terminal/progress-line.ts';
import type { Io } from '../terminal/io.ts';
import { addWritingOptions, writingOptions } from '../terminal/table-options.ts';
import type { WritingFlags } from '../terminal/table-options.ts';

interface Flags extends WritingFlags {
  readonly column?: string;
  readonly correct?: string;
  readonly prediction?: string;
  readonly label?: string;
  readonly score?: string;
  readonly timestamp?: string;
  readonly task?: 'classification' | 'regression';
  readonly order: 'time' | 'file';
  readonly feature?: string;
  readonly metric: string;
  readonly performance?: string;
  readonly detector?: string;
  readonly option?: ReadonlyMap<string, number>;
  readonly state?: string;
  readonly json?: boolean;
  readonly list?: boolean;
}

type DetectIo = Pick<Io, 'clock' | 'exitWith' | 'isTerminal' | 'print' | 'say'>;

/** `shiftwatch detect FILE` */
export function register(program: Command, io: DetectIo): void {
  addWritingOptions(program.command('detect'))
    .description('looks for the moments at which an ordered series changed, one value at a time')
    .argument(
      '[file]',
      'rows (.csv, .jsonl, .json, .parquet, each also .gz), or windows printed by compare --window --json',
    )
    .option(
      '--column <name>',
      'the numbers to look at; left out, the error of each row (prediction against label)',
    )
    .option(
      '--correct <name>',
      'a column that is 1 where the prediction was right; its opposite is looked at',
    )
    .option('--prediction <column>', 'the column with predictions, if not named prediction')
    .option('--label <column>', 'the column with labels, if not named label')
    .option('--score <column>', 'the column with scores, if not named score')
    .option('--timestamp <column>', 'the column with times, if not named timestamp')
    .addOption(
      new Option('--task <task>', 'found out when not said').choices(['classification', 'regression']),
    )
    .addOption(
      new Option('--order <order>', 'by time where the file has times, or as the file has it')
        .choices(['time', 'file'])
        .default('time'),
    )
    .option('--feature <name>', 'of windows: the feature, prediction, score or label whose figure to look at')
    .option('--metric <name>', 'of windows: which figure of it', 'psi')
    .option('--performance <metric>', 'of windows: a figure of the performance, such as accuracy')
    .option('--detector <name>', 'which one (default: adwin for rows, cusum for windows)')
    .addOption(new Option('--option <name=value>', 'of the detector; may be repeated').argParser(assignment))
    .option('--state <file>', 'go on from here, and leave here where to go on next time')
    .option('--json', 'print everything as JSON')
    .option('--list', 'print the detectors and their options')
    .addHelpText('after', '\nExit code: 0 no drift, 3 a drift was found.')
    .action((file: string | undefined, flags: Flags) => detect(io, file, flags));
}

async function detect(io: DetectIo, file: string | undefined, flags: Flags): Promise<void> {
  const { detectionJson, detectionReport, detectorList } = await import('./report.ts');
  if (flags.list === true) {
    const { DETECTORS } = await import('../../stats/detectors/registry.ts');
    io.print(detectorList(DETECTORS));
    return;
  }
  if (file === undefined)
    throw new UsageError('detect needs a file', { fix: 'shiftwatch detect FILE; --help shows more.' });
  const { detectFile } = await import('../../files/detect/file.ts');
  const detected = await detectFile(requestOf(file, flags), progressLine(io));
  for (const note of detected.notes) io.say(`note: ${note}\n`);
  io.print(
    flags.json === true ? `${JSON.stringify(detectionJson(detected), null, 2)}\n` : detectionReport(detected),
  );
  if (detected.detection.drifts.length > 0) io.exitWith(3);
}

function requestOf(file: string, flags: Flags): DetectRequest {
  const { column, correct, feature, performance } = flags;
  const chosen = [column, correct, feature, performance].filter((name) => name !== undefined);
  if (chosen.length > 1) {
    throw new UsageError('only one of --column, --correct, --feature and --performance can be looked at');
  }
  const common = {
    detector: flags.detector ?? null,
    options: flags.option ?? new Map<string, number>(),
    stateFile: flags.state ?? null,
  };
  if (feature !== undefined)
    return { ...common, rows: null, windows: { file, feature, metric: flags.metric } };
  if (performance !== undefined)
    return { ...common, rows: null, windows: { file, feature: null, metric: performance } };
  const { prediction, label, score, timestamp } = flags;
  const columns = {
    ...(prediction !== undefined && { prediction }),
    ...(label !== undefined && { label }),
    ...(score !== undefined && { score }),
    ...(timestamp !== undefined && { timestamp }),
  };
  const isCorrectness = correct !== undefined;
  const rows = {
    file,
    column: correct ?? column ?? null,
    isCorrectness,
    order: flags.order,
    columns,
    task: flags.task,
    writing: writingOptions(flags),
  };
  return { ...common, rows, windows: null };
}

/** Reads `delta=0.002`; true and false are 1 and 0. */
function assignment(
  text: string,
  before: ReadonlyMap<string, number> = new Map(),
): ReadonlyMap<string, number> {
  const [name = '', value = '', ...rest] = text.split('=');
  const number = value === 'true' ? 1 : value === 'false' ? 0 : Number(value.trim() === '' ? 'none' : value);
  if (name === '' || rest.length > 0 || !Number.isFinite(number)) {
    throw new InvalidArgumentError('Write it as name=number, such as delta=0.002.');
  }
  return new Map([...before, [name.trim(), number]]);
}
