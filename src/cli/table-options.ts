/** The options of every command that reads a file of rows. */
import { Option } from 'commander';
import type { Command } from 'commander';
import type { ReadTableOptions } from '../ingest/table/read-table.ts';
import { columnList } from './column-list.ts';

export interface TableFlags {
  readonly predictionId?: string;
  readonly timestamp?: string;
  readonly prediction?: string;
  readonly score?: string;
  readonly label?: string;
  readonly holdout?: string;
  readonly features?: string[];
  readonly exclude?: string[];
  readonly numeric?: string[];
  readonly categorical?: string[];
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

export function addModelOptions(command: Command): Command {
  return command
    .addOption(
      new Option('--task <task>', 'found out when not said').choices(['classification', 'regression']),
    )
    .option('--positive-class <class>', 'the class whose probability the score is');
}

export function readOptions(flags: TableFlags & ModelFlags): ReadTableOptions {
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
    ...(features !== undefined && { features }),
    ...(exclude !== undefined && { exclude }),
    ...(numeric !== undefined && { numeric }),
    ...(categorical !== undefined && { categorical }),
    ...(task !== undefined && { task }),
    ...(positiveClass !== undefined && { positiveClass }),
  };
}
