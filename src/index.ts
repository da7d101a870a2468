/** `import … from 'shiftwatch'`: what the commands `compare` and `serve` do, for programs. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { comparisonJson } from './cli/compare/comparison-json.ts';
import type { PrintedComparison, PrintedWindows } from './cli/compare/comparison-json.ts';
import { windowSizeMs } from './cli/compare/window-size.ts';
import { createServiceLog } from './cli/serve/service-log.ts';
import { readOptions } from './cli/terminal/table-options.ts';
import { loadConfig, parseConfig } from './config/load.ts';
import { secretTexts } from './config/mask-secrets.ts';
import { formatProblem } from './config/problem.ts';
import { errorMessage, UserError } from './core/errors.ts';
import type { Diagnosis } from './core/findings.ts';
import { hideTexts } from './core/hide-texts.ts';
import { silentLog } from './core/log.ts';
import { noProgress } from './core/progress.ts';
import { temporaryFolder } from './core/process/temporary-folder.ts';
import { compareFiles } from './files/compare/files.ts';
import { showsShift } from './files/compare/outcome.ts';
import { startService } from './main.ts';
import { VERSION } from './pipeline/serve/version.ts';

/** As the options of `shiftwatch compare`, which docs/compare.md describes; absent: as there. */
interface CompareOptions {
  /** Columns by their part, where they are not named by it. */
  readonly prediction?: string;
  readonly score?: string;
  readonly label?: string;
  readonly holdout?: string;
  readonly timestamp?: string;
  /** Only these, or all but these. */
  readonly features?: readonly string[];
  readonly exclude?: readonly string[];
  /** How these are read. */
  readonly numeric?: readonly string[];
  readonly categorical?: readonly string[];
  readonly task?: 'classification' | 'regression';
  readonly positiveClass?: string;
  /** `15m`, `1h`, `1d`, `1w`: what is current is cut by its times. */
  readonly window?: string;
  readonly seasonal?: 'hour_of_week' | 'day_of_week' | 'previous_year';
  readonly timezone?: string;
  readonly segments?: readonly string[];
  readonly groups?: readonly string[];
  /** Measured, and left out of flags and verdict. */
  readonly ignore?: readonly string[];
  readonly preset?: string;
  readonly multivariate?: boolean;
  readonly threads?: number;
  readonly minCount?: number;
}

/** Of the whole file or, with `window`, of each of its windows. */
interface Compared<Of extends PrintedComparison | PrintedWindows = PrintedComparison | PrintedWindows> {
  /** Whether `shiftwatch compare` would end with exit code 3. */
  readonly shiftFound: boolean;
  /** What was decided on the way and could surprise. */
  readonly notes: readonly string[];
  /** Columns of the reference that are gone. */
  readonly lostColumns: readonly string[];
  /** What `shiftwatch compare --json` prints; without `window`, `diagnosis.verdict` names the kind of shift. */
  readonly comparison: Of;
}

type WholeOptions = CompareOptions & { readonly window?: never };
type WindowOptions = CompareOptions & { readonly window: string };

/** Values by column. Dates are times; what is absent or null is missing. */
type Row = Readonly<Record<string, string | number | boolean | Date | null | undefined>>;

/**
 * Compares two files of rows (.csv, .jsonl, .json, .parquet, each also .gz), as `shiftwatch compare` does.
 *
 * @throws UserError for anything a person can put right: a file that is not there, an option that names no column
 */
async function compare(
  reference: string,
  current: string,
  options?: WholeOptions,
): Promise<Compared<PrintedComparison>>;
async function compare(
  reference: string,
  current: string,
  options: WindowOptions,
): Promise<Compared<PrintedWindows>>;
async function compare(reference: string, current: string, options?: CompareOptions): Promise<Compared>;
async function compare(reference: string, current: string, options: CompareOptions = {}): Promise<Compared> {
  const windowMs = options.window === undefined ? null : sizeOf(options.window);
  const { seasonal, timezone: timeZone = 'UTC', ignore = [] } = options;
  if (seasonal !== undefined && windowMs === null) {
    throw new UserError('`seasonal` is about windows', { fix: "Say how long they are: window: '1h'." });
  }
  const { comparison, notes, lost } = await compareFiles(
    reference,
    current,
    {
      read: readOptions(options),
      features: new Map(ignore.map((name) => [name, { ignore: true }])),
      segments: options.segments ?? [],
      groups: options.groups ?? [],
      windowMs,
      season: seasonal === undefined ? null : { by: seasonal, timeZone },
      timeZone,
      preset: options.preset ?? null,
      multivariate: options.multivariate ?? true,
      threads: options.threads ?? null,
      ...(options.minCount !== undefined && { minCount: options.minCount }),
    },
    noProgress,
  );
  return {
    shiftFound: lost.length > 0 || showsShift(comparison, options.preset !== undefined),
    notes,
    lostColumns: lost,
    comparison: comparisonJson(comparison),
  };
}

function sizeOf(window: string): number {
  try {
    return windowSizeMs(window);
  } catch (error) {
    throw new UserError(`'${window}' is no size of windows`, { fix: errorMessage(error), cause: error });
  }
}

/**
 * Compares rows that are in memory, by way of two temporary files: some hundred thousand are fine, more are better written
 * to Parquet and compared as files.
 *
 * @throws UserError as `compareFiles`
 */
async function compareRows(
  reference: readonly Row[],
  current: readonly Row[],
  options?: WholeOptions,
): Promise<Compared<PrintedComparison>>;
async function compareRows(
  reference: readonly Row[],
  current: readonly Row[],
  options: WindowOptions,
): Promise<Compared<PrintedWindows>>;
async function compareRows(
  reference: readonly Row[],
  current: readonly Row[],
  options?: CompareOptions,
): Promise<Compared>;
async function compareRows(
  reference: readonly Row[],
  current: readonly Row[],
  options: CompareOptions = {},
): Promise<Compared> {
  const folder = temporaryFolder('shiftwatch-rows-');
  try {
    const [before, now] = [join(folder.path, 'reference.jsonl'), join(folder.path, 'current.jsonl')];
    await writeFile(before, jsonLines(reference), { mode: 0o600 });
    await writeFile(now, jsonLines(current), { mode: 0o600 });
    return await compare(before, now, options);
  } finally {
    await folder.remove();
  }
}

function jsonLines(rows: readonly Row[]): string {
  return rows.map((row) => `${JSON.stringify(row)}\n`).join('');
}

interface RunOptions {
  /** The path of a configuration, or what would be written there; docs/configuration.md describes it. */
  readonly config: string | object;
  /** Absent: all. */
  readonly roles?: readonly ('ingest' | 'evaluate' | 'act' | 'api')[];
  /** What `${NAME}` in the configuration means. Absent: `process.env`. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Takes each line of the log, which is JSON and holds no secret of the configuration. Absent: nothing is logged. */
  readonly onLog?: (line: string) => void;
}

interface RunningService {
  /** Null without the role `api`. */
  readonly apiUrl: string | null;
  /** What is dead for good: the service should then be stopped and started anew. Null: all is well. */
  failure(): string | null;
  /** Finishes what is in hand, within ten seconds. */
  stop(): Promise<void>;
}

/**
 * Runs the service in this process, as `shiftwatch serve` does: opens the database, brings it up to date, starts the roles.
 *
 * @throws UserError where the configuration has mistakes, all of which it names, or a service cannot be reached
 */
async function runService({
  config: given,
  roles,
  env = process.env,
  onLog,
}: RunOptions): Promise<RunningService> {
  const loaded =
    typeof given === 'string'
      ? await loadConfig(given, env)
      : await parseConfig(JSON.stringify(given), {
          file: 'config',
          env,
          readFile: async (path) => await readFile(path, 'utf8'),
        });
  if (!loaded.ok) {
    throw new UserError(`the configuration cannot be used\n${loaded.error.map(formatProblem).join('\n')}`);
  }
  const config = loaded.value;
  const log =
    onLog === undefined
      ? silentLog
      : createServiceLog(hideTexts(secretTexts(config)), { write: (line) => onLog(line.trimEnd()) });
  const asked = new Set(roles ?? (['ingest', 'evaluate', 'act', 'api'] as const));
  const { apiUrl, failure, stop } = await startService({ config, roles: asked, log });
  return { apiUrl, failure, stop };
}

export { compare as compareFiles, compareRows, runService as startService, UserError, VERSION };
export type {
  Compared,
  CompareOptions,
  Diagnosis,
  PrintedComparison,
  PrintedWindows,
  Row,
  RunningService,
  RunOptions,
};
