/** The options of every command that reads a file of rows. */
import { InvalidArgumentError, Option } from 'commander';
import type { Command } from 'commander';
import type { ReadTableOptions } from '../../ingest/table/read-table.ts';
import { encodingNamed } from '../../ingest/table/formats/text-encoding.ts';
import { columnList } from './column-list.ts';

export interface TableFlags {
  readonly predictionId?: string;
  readonly timestamp?: string;
  readonly prediction?: string;
  readonly score?: string;
  readonly label?: string;
  readonly holdout?: string;
  readonly features?: readonly string[];
  readonly exclude?: readonly string[];
  readonly numeric?: readonly string[];
  readonly categorical?: readonly string[];
}

/** How a file is written, where that is not found out rightly. */
export interface WritingFlags {
  readonly encoding?: string;
  readonly decimal?: 'comma' | 'point';
}

export interface ModelFlags {
  readonly task?: 'classification' | 'regression';
  readonly positiveClass?: string;
}

export function addTableOptions(command: Command): Command {
  const columns = (flag: string, description: string): Option =>
    new Option(flag, description).argParser(columnList);
  return command
    .option('--prediction <column>', 'the column with predictions, if not named prediction')
    .option('--score <column>', 'the column with scores, if not named score')
    .option('--label <column>', 'the column with labels, if not named label')
    .option('--holdout <column>', 'the column that is true where nobody acted, if not named holdout')
    .option('--timestamp <column>', 'the column with times, if not named timestamp')
    .option('--prediction-id <column>', 'the column with ids, if not named prediction_id')
    .addOption(columns('--features <columns>', 'only these, separated by commas'))
    .addOption(columns('--exclude <columns>', 'all but these'))
    .addOption(columns('--numeric <columns>', 'read these as numbers'))
    .addOption(columns('--categorical <columns>', 'read these as categories'));
}

export function addWritingOptions(command: Command): Command {
  return command
    .addOption(
      new Option(
        '--encoding <name>',
        'what text files are written in, such as windows-1252 or utf-16le',
      ).argParser(encoding),
    )
    .addOption(
      new Option('--decimal <mark>', 'of numbers with commas, where it is not found out rightly').choices([
        'comma',
        'point',
      ]),
    );
}

export function writingOptions({
  encoding: said,
  decimal,
}: WritingFlags): Pick<ReadTableOptions, 'encoding' | 'decimal'> {
  return { ...(said !== undefined && { encoding: said }), ...(decimal !== undefined && { decimal }) };
}

function encoding(name: string): string {
  const known = encodingNamed(name);
  if (known !== null) return known;
  throw new InvalidArgumentError('A name such as utf-8, latin1, windows-1252, utf-16le or shift_jis.');
}

export function addModelOptions(command: Command): Command {
  return command
    .addOption(
      new Option('--task <task>', 'found out when not said').choices(['classification', 'regression']),
    )
    .option('--positive-class <class>', 'the class whose probability the score is');
}

export function readOptions(flags: TableFlags & ModelFlags & WritingFlags): ReadTableOptions {
  const { predictionId, timestamp, prediction, score, label, holdout } = flags;
  const { features, exclude, numeric, categorical, task, positiveClass } = flags;
  return {
    columns: {
      ...(predictionId !== undefined && { predictionId }),
      ...(timestamp !== undefined && { timestamp }),
      ...(prediction !== undefined && { prediction }),
      ...(score !== undefined && { score }),
      ...(label !== undefined && { label }),
      ...(holdout !== undefined && { holdout }),
    },
    ...writingOptions(flags),
    ...(features !== undefined && { features }),
    ...(exclude !== undefined && { exclude }),
    ...(numeric !== undefined && { numeric }),
    ...(categorical !== undefined && { categorical }),
    ...(task !== undefined && { task }),
    ...(positiveClass !== undefined && { positiveClass }),
  };
}
