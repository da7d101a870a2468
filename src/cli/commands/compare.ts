import type { Command } from 'commander';
import type { Comparison } from '../../core/findings.ts';
import type { Io } from '../io.ts';
import type { ModelFlags, TableFlags } from '../table-options.ts';
import { addModelOptions, addTableOptions, readOptions } from '../table-options.ts';

type Flags = TableFlags & ModelFlags & { readonly json?: boolean };

type CompareIo = Pick<Io, 'clock' | 'env' | 'exitWith' | 'isTerminal' | 'print' | 'say'>;

/** `shiftwatch compare REFERENCE CURRENT` */
export function register(program: Command, io: CompareIo): void {
  const command = program
    .command('compare')
    .description('compares two files, and says whether and how the second has shifted')
    .argument('<reference>', 'what the model was trained on (.csv, .jsonl, .json, .parquet, each also .gz)')
    .argument('<current>', 'what it meets now')
    .option('--json', 'print everything as JSON');
  addModelOptions(addTableOptions(command))
    .addHelpText('after', '\nExit code: 0 no shift, 3 a shift or a fault was found.')
    .action((reference: string, current: string, flags: Flags) => compare(io, reference, current, flags));
}

async function compare(io: CompareIo, reference: string, current: string, flags: Flags): Promise<void> {
  const { compareFiles } = await import('../compare-files.ts');
  const { comparison, notes } = await compareFiles(reference, current, readOptions(flags), io);
  for (const note of notes) io.say(`note: ${note}\n`);
  if (flags.json === true) {
    const { comparisonJson } = await import('../comparison-json.ts');
    io.print(`${JSON.stringify(comparisonJson(comparison), null, 2)}\n`);
  } else {
    const { comparisonReport } = await import('../comparison-report.ts');
    const { painter } = await import('../paint.ts');
    io.print(comparisonReport(comparison, painter(process.stdout.isTTY, io.env)));
  }
  if (isShift(comparison)) io.exitWith(3);
}

/** A verdict, or, where the verdict is open, a flag on any column. */
function isShift({ features, prediction, score, label, diagnosis }: Comparison): boolean {
  if (diagnosis.verdict !== 'none' && diagnosis.verdict !== 'undetermined') return true;
  return [...features, prediction, score, label].some(
    (column) => column !== null && (column.status === 'drift' || column.status === 'fault'),
  );
}
