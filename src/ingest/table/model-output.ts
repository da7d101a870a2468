/** Task, classes and score: what prediction, label and probabilities mean in this file. */
import type { DuckDBConnection } from '@duckdb/node-api';
import { classLabel } from '../../core/columns/class-label.ts';
import { UserError } from '../../core/errors.ts';
import type { Task } from '../../core/model.ts';
import type { FeatureKind } from '../../core/table.ts';
import type { ColumnSummary, FileSummary } from './summary/column-summary.ts';
import { distinctNumbers } from './summary/column-summary.ts';
import type { ColumnRoles } from './special-columns.ts';

/** More distinct numbers than this in prediction or label are quantities, not classes. */
const MAX_NUMERIC_CLASSES = 20;
const MOSTLY = 0.95;

/** `classification` unless prediction or label holds more than twenty distinct numbers. */
export async function inferTask(
  connection: DuckDBConnection,
  from: string,
  { special }: ColumnRoles,
  summary: FileSummary,
): Promise<Task> {
  for (const role of ['prediction', 'label'] as const) {
    const column = special.get(role);
    const counted = column === undefined ? undefined : summary.columns.get(column);
    if (column === undefined || counted === undefined || counted.numbers <= MOSTLY * counted.present)
      continue;
    if ((await distinctNumbers(connection, from, column)) > MAX_NUMERIC_CLASSES) return 'regression';
  }
  return 'classification';
}

/** How prediction or label is read: quantities in a regression, else canonical classes. */
export function outputKind(task: Task, counted: ColumnSummary | undefined): FeatureKind {
  if (task === 'regression') return 'numeric';
  // True and False, as Python writes them, are the true and false of JSON logs.
  const isBoolean = counted !== undefined && counted.present > 0 && counted.booleans === counted.present;
  return isBoolean ? 'boolean' : 'categorical';
}

const USUAL_POSITIVES = ['1', 'true'];
/** Yes and no, in small letters and without marks. */
const YES_AND_NO = [
  'yes no',
  'y n',
  'ja nein',
  'j n',
  'ja nee',
  'ja nej',
  'ja nei',
  'oui non',
  'o n',
  'si no',
  's n',
  'sim nao',
  'tak nie',
  't n',
  'da nu',
  'da ne',
  'ano ne',
  'igen nem',
  'evet hayir',
  'kylla ei',
  'да нет',
  'ναι οχι',
  'はい いいえ',
  '是 否',
].map((pair) => pair.split(' '));

/**
 * The class that `score` is the probability of: what was said, else `1` or `true` where there is such a class,
 * else the class of the only probability column.
 */
export function positiveClassOf(
  said: string | undefined,
  classes: ReadonlySet<string>,
  probabilities: readonly string[],
): string | null {
  const known = new Set([...classes, ...probabilities.map(classLabel)]);
  if (said !== undefined) {
    const positive = classLabel(said);
    if (known.size === 0 || known.has(positive)) return positive;
    throw new UserError(`no row has class ${positive}`, { fix: `The classes are ${[...known].join(', ')}.` });
  }
  const usual = USUAL_POSITIVES.find((name) => known.has(name));
  if (usual !== undefined) return usual;
  const [only] = probabilities;
  return probabilities.length === 1 && only !== undefined ? classLabel(only) : yesOf([...known]);
}

/** Of two classes. For example: yesOf(['Nein', 'Ja']) // 'Ja' */
function yesOf(classes: readonly string[]): string | null {
  if (classes.length !== 2) return null;
  const plain = new Map(classes.map((name) => [plainWord(name), name]));
  const pair = YES_AND_NO.find((words) => words.every((word) => plain.has(word)));
  return plain.get(pair?.[0] ?? '') ?? null;
}

const plainWord = (text: string): string =>
  text
    .toLowerCase()
    .normalize('NFD')
    .replaceAll(/[\p{M}]/gu, '')
    .replaceAll('ı', 'i')
    .trim();
