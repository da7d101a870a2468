import { InvalidArgumentError, Option } from 'commander';
import type { Command } from 'commander';
import { durationText } from '../../config/duration.ts';
import { isTimezone } from '../../config/timezone.ts';
import { UsageError, UserError } from '../../core/errors.ts';
import { ArrayGarbage } from '../../core/memory/array-garbage.ts';
import { usePauses } from '../../core/memory/pauses.ts';
import { keepYoungGeneration } from '../../core/memory/young-generation.ts';
import { SEASONS } from '../../core/findings.ts';
import type { FileComparison, SeasonKind } from '../../core/findings.ts';
import { LONGEST_SEASON_WINDOW_MS } from '../../core/model.ts';
import type { WindowedComparison } from '../../core/windowed-comparison.ts';
import { nearest } from '../../core/nearest.ts';
import type { ModelSpec } from '../../core/model.ts';
import type { CompareFilesOptions } from '../../files/compare/compared-files.ts';
import type { ReadTableOptions } from '../../ingest/table/read-table.ts';
import type { SeasonChoice } from '../../files/compare/cut.ts';
import { failOnVerdicts, type FailOn, namesVerdict } from './fail-on.ts';
import { windowSizeMs } from './window-size.ts';
import { columnList } from '../terminal/column-list.ts';
import { progressLine } from '../terminal/progress-line.ts';
import type { Io } from '../terminal/io.ts';
import type { ModelFlags, TableFlags, WritingFlags } from '../terminal/table-options.ts';
import {
  addModelOptions,
  addTableOptions,
  addWritingOptions,
  readOptions,
} from '../terminal/table-options.ts';

const MOST_THREADS = 64;

type Flags = TableFlags &
  ModelFlags &
  WritingFlags & {
    readonly json?: boolean;
    readonly html?: string;
    /** True without a file. */
    readonly markdown?: string | true;
    readonly window?: number;
    readonly seasonal?: SeasonKind;
    readonly timezone: string;
    readonly model?: string;
    readonly ignore?: string[];
    readonly segments?: string[];
    readonly groups?: string[];
    readonly preset?: string;
    readonly multivariate: boolean;
    readonly threads?: number;
    readonly minCount?: number;
    readonly failOn?: FailOn;
  };

function threadCount(text: string): number {
  const count = Number(text);
  if (Number.isInteger(count) && count >= 1 && count <= MOST_THREADS) return count;
  throw new InvalidArgumentError(`A whole number from 1 to ${MOST_THREADS}.`);
}

function fewestRows(text: string): number {
  const rows = Number(text);
  if (Number.isInteger(rows) && rows >= 1) return rows;
  throw new InvalidArgumentError('A whole number of rows, 1 or more.');
}

function timeZoneName(text: string): string {
  if (isTimezone(text)) return text;
  throw new InvalidArgumentError('A time zone of the IANA list, such as UTC or Europe/Berlin.');
}

/** @throws UsageError where windows cannot have a season */
function seasonChoice({ seasonal: by, window: sizeMs, timezone: timeZone }: Flags): SeasonChoice | null {
  if (by === undefined) return null;
  if (sizeMs === undefined) {
    throw new UsageError('--seasonal is about windows', { fix: 'Say how long they are: --window 1h.' });
  }
  const longestMs = LONGEST_SEASON_WINDOW_MS[by];
  if (sizeMs <= longestMs) return { by, timeZone };
  throw new UsageError(`windows of ${durationText(sizeMs)} have no ${by}: they hold several`, {
    fix: `Choose --window ${durationText(longestMs)} or less, or another --seasonal.`,
  });
}

type CompareIo = Pick<
  Io,
  'clock' | 'config' | 'configPath' | 'env' | 'exitWith' | 'isTerminal' | 'print' | 'say'
>;

const HELP = `
Examples:
  $ shiftwatch compare training.parquet last-week.parquet
  $ shiftwatch compare training.csv production.csv --window 1d --html report.html
  $ shiftwatch compare training.csv production.csv --markdown "$GITHUB_STEP_SUMMARY"
  $ shiftwatch compare training.csv production.csv --window 1h --seasonal hour_of_week
  $ shiftwatch compare training.csv production.csv --segments country,channel --json
  $ shiftwatch compare training.csv production.csv --label churned --preset evidently
  $ shiftwatch compare training.csv production.csv --config shiftwatch.yaml --model churn

Exit code: 0 no shift; 3 a shift or a fault was found (in any window or segment), the performance fell significantly
whatever the cause, or a column of the reference is gone. With --fail-on 3 only for the verdicts that it names. With --preset the other tool decides what a shift is: 3 when its rule for the whole data set says drift or, where it has none, when any feature drifted.`;

/** `shiftwatch compare REFERENCE CURRENT` */
export function register(program: Command, io: CompareIo): void {
  const command = program
    .command('compare')
    .description('compares two files, and says whether and how the second has shifted')
    .argument('<reference>', 'what the model was trained on (.csv, .jsonl, .json, .parquet, each also .gz)')
    .argument('<current>', 'what it meets now')
    .option('--json', 'print everything as JSON')
    .option('--html <file>', 'write a report to look at, with nothing in it that is fetched')
    .option(
      '--markdown [file]',
      'write a report for pull requests and job summaries; without a file, or as -, instead of the text',
    )
    .option('--window <size>', 'cut the current file by its times: 15m, 1h, 1d, 1w', windowSizeMs)
    .addOption(
      new Option(
        '--seasonal <season>',
        'compare windows with earlier ones of the same season, too, out of both files',
      ).choices(SEASONS),
    )
    .option('--timezone <zone>', 'whose hours and days seasons are made of', timeZoneName, 'UTC')
    .option('--model <name>', 'judge as this model of the configuration is judged: its task, its features, …')
    .option('--ignore <columns>', 'measure these, and leave them out of flags and verdict', columnList)
    .option('--segments <columns>', 'compare each value of these columns apart, too', columnList)
    .option('--groups <columns>', 'are the values of these columns treated alike? (fairness)', columnList)
    .option(
      '--preset <tool>',
      'say beside it what another tool would: evidently, nannyml, azure, tfdv, deequ; tool:method',
    )
    .option('--no-multivariate', 'leave out what only all columns together show')
    .option(
      '--min-count <rows>',
      'name no level or segment that fewer rows of both files have: they are one, "(rare)"',
      fewestRows,
    )
    .option(
      '--fail-on <verdicts>',
      'end with exit code 3 for these verdicts alone, separated by commas: data_fault, concept_drift, …; any',
      failOnVerdicts,
    )
    .option(
      '--threads <count>',
      'work on so many threads, one of which reads (default: more than one from 100 million cells)',
      threadCount,
    );
  addWritingOptions(addModelOptions(addTableOptions(command)))
    .addHelpText('after', HELP)
    .action((reference: string, current: string, flags: Flags) => compare(io, reference, current, flags));
}

/** What the configuration says of a model, and the command line of columns, which stands above it. */
async function saidOf(
  io: CompareIo,
  { model: name, ignore = [] }: Flags,
): Promise<{
  readonly read: Pick<ReadTableOptions, 'task' | 'positiveClass'>;
  readonly options: Pick<
    CompareFilesOptions,
    'features' | 'minRows' | 'minLabelled' | 'calendar' | 'minCount'
  >;
}> {
  const model = name === undefined ? null : await configuredModel(io, name);
  const features = new Map(model?.features);
  for (const column of ignore) features.set(column, { ...features.get(column), ignore: true });
  if (model === null) return { read: {}, options: features.size === 0 ? {} : { features } };
  const { task, positiveClass, minRows, labels, calendar, minCount } = model;
  return {
    read: { task, ...(positiveClass !== null && { positiveClass }) },
    options: {
      minRows,
      minLabelled: labels.minLabelled,
      ...(features.size > 0 && { features }),
      ...(calendar !== undefined && { calendar }),
      ...(minCount !== undefined && { minCount }),
    },
  };
}

async function configuredModel(io: CompareIo, name: string): Promise<ModelSpec> {
  const { models } = await io.config();
  const model = models.find((each) => each.name === name);
  if (model !== undefined) return model;
  const names = models.map((each) => each.name);
  const near = nearest(name, names);
  throw new UserError(`model '${name}' is not configured in ${io.configPath()}`, {
    fix: near === null ? `Its models are ${names.join(', ')}.` : `Did you mean ${near}?`,
  });
}

/** Of arrays that a part of the diagnosis leaves behind; a collection of these takes a fiftieth of a second. */
const WORTH_BYTES = 8 * 2 ** 20;

async function compare(io: CompareIo, reference: string, current: string, flags: Flags): Promise<void> {
  keepYoungGeneration();
  const garbage = new ArrayGarbage();
  usePauses(() => garbage.collectFrom(WORTH_BYTES));
  const { compareFiles } = await import('../../files/compare/files.ts');
  refuseTwoOutputs(flags);
  const said = await saidOf(io, flags);
  const { comparison, notes, lost } = await compareFiles(
    reference,
    current,
    {
      read: { ...said.read, ...readOptions(flags) },
      ...said.options,
      ...(flags.minCount !== undefined && { minCount: flags.minCount }),
      segments: flags.segments ?? [],
      groups: flags.groups ?? [],
      windowMs: flags.window ?? null,
      season: seasonChoice(flags),
      timeZone: flags.timezone,
      preset: flags.preset ?? null,
      multivariate: flags.multivariate,
      threads: flags.threads ?? null,
    },
    progressLine(io),
  );
  for (const note of notes) io.say(`note: ${note}\n`);
  await report(io, comparison, { reference, current }, flags);
  const { showsShift } = await import('../../files/compare/outcome.ts');
  const { failOn = 'any', preset } = flags;
  const isFound =
    failOn === 'any'
      ? lost.length > 0 || showsShift(comparison, preset !== undefined)
      : (lost.length > 0 && failOn.has('data_fault')) || namesVerdict(comparison, failOn);
  if (isFound) io.exitWith(3);
}

const isPrinted = ({ markdown }: Flags): boolean => markdown === true || markdown === '-';

/** @throws UsageError where two formats are to be printed */
function refuseTwoOutputs(flags: Flags): void {
  if (flags.json !== true || !isPrinted(flags)) return;
  throw new UsageError('--json and --markdown would both be printed', {
    fix: 'Name a file for one of them: --markdown report.md.',
  });
}

/** Into the files that were asked for, and to standard output. */
async function report(
  io: CompareIo,
  comparison: FileComparison | WindowedComparison,
  paths: { readonly reference: string; readonly current: string },
  flags: Flags,
): Promise<void> {
  if (flags.html !== undefined) {
    const { reportPage } = await import('./html-report/page.ts');
    await written(
      io,
      flags.html,
      reportPage(comparison, { ...paths, windowMs: flags.window ?? null, nowMs: io.clock.nowMs() }),
    );
  }
  if (flags.markdown !== undefined) {
    const { markdownReport } = await import('./markdown/markdown-report.ts');
    const text = markdownReport(comparison, paths);
    if (flags.markdown === true || isPrinted(flags)) {
      io.print(text);
      return;
    }
    await written(io, flags.markdown, text);
  }
  if (flags.json === true) {
    const { comparisonJson } = await import('./comparison-json.ts');
    io.print(`${JSON.stringify(comparisonJson(comparison), null, 2)}\n`);
  } else {
    const { comparisonText } = await import('./comparison-text.ts');
    const { painter } = await import('../terminal/paint.ts');
    io.print(comparisonText(comparison, painter(process.stdout.isTTY, io.env)));
  }
}

/** @throws UserError when the file cannot be written */
async function written(io: CompareIo, path: string, text: string): Promise<void> {
  const { writeOutput } = await import('../terminal/output-file.ts');
  await writeOutput(path, async (put) => await put(text));
  io.say(`report: ${path}\n`);
}
