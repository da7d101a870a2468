import { InvalidArgumentError, Option } from 'commander';
import type { Command } from 'commander';
import { UsageError } from '../../core/errors.ts';
import { FAULTS } from '../../core/faults.ts';
import type { Fault } from '../../core/faults.ts';
import { FAMILIES } from '../../simulate/families/all-families.ts';
import { MODEL_KINDS } from '../../simulate/family.ts';
import type { ModelKind } from '../../simulate/family.ts';
import { CONCEPT_FORMS, COVARIATE_FORMS, SIMULATED_KINDS } from '../../simulate/plan.ts';
import type { Form, ShiftRequest, SimulatedKind } from '../../simulate/plan.ts';
import { WORLDS } from '../../simulate/worlds/all-worlds.ts';
import type { Io } from '../terminal/io.ts';

interface Flags {
  readonly kind: SimulatedKind | Fault;
  readonly world?: string;
  readonly out: string;
  readonly form?: Form;
  readonly feature?: string;
  readonly size?: number;
  readonly share?: number;
  readonly end?: 'low' | 'high';
  readonly begins?: number;
  readonly family: string;
  readonly task: 'classification' | 'regression';
  readonly model: ModelKind;
  readonly referenceRows: number;
  readonly rows: number;
  readonly labelled: number;
  readonly format: 'csv' | 'jsonl';
  readonly seed: number;
}

type SimulateIo = Pick<Io, 'print'>;

const KINDS = [...new Set<SimulatedKind | Fault>([...SIMULATED_KINDS, ...FAULTS])];

const HELP = `
Kinds and what --size means:
  none
  covariate_shift   standard deviations; --form mean, scale (how much wider) or mix (who comes more often)
  label_shift       change of the positive class's share; in regression standard deviations of the label
  concept_drift     log odds; --form uniform, local (one end of --feature) or rotation (right angles)
  mixed             covariate_shift and concept_drift at once; standard deviations of the input
  unit_change, missing_spike, constant_value, sentinel_fill, category_rename, type_change, out_of_range,
  swapped_columns, sign_flip: the pipeline breaks --feature in --share of the rows
What is not said is chosen by the seed.

Families:
${FAMILIES.map(({ name, about }) => `  ${name.padEnd(10)}${about}`).join('\n')}

Worlds, where much happens that is no shift; --kind is then any fault, too, chosen with its column by the seed, and rows,
model and task are the world's own:
${WORLDS.map(({ name, about }) => `  ${name.padEnd(14)}${about}`).join('\n')}

Examples:
  $ shiftwatch simulate --kind covariate_shift --size 0.8 --out shifted
  $ shiftwatch simulate --kind concept_drift --form local --feature age --end low --out vaccine --family clinic
  $ shiftwatch simulate --kind missing_spike --share 0.2 --begins 0.5 --out lost --seed 7
  $ shiftwatch simulate --world shop --kind none --out quiet`;

/** `shiftwatch simulate --kind KIND --out DIR` */
export function register(program: Command, io: SimulateIo): void {
  program
    .command('simulate')
    .description('writes a reference and a current file between which a known shift happened')
    .addOption(new Option('--kind <kind>', 'what happens').choices(KINDS).makeOptionMandatory())
    .requiredOption(
      '--out <folder>',
      'for reference, current and truth.json; or FILE.csv, FILE.jsonl for the current rows',
    )
    .addOption(new Option('--form <form>', 'how it happens').choices([...COVARIATE_FORMS, ...CONCEPT_FORMS]))
    .option('--feature <name>', 'what it happens to')
    .option('--size <number>', 'how much, see below', number)
    .option('--share <share>', 'of the rows that are broken, or that the stratum holds: 0 to 1', share)
    .addOption(new Option('--end <end>', 'of the feature at which the stratum lies').choices(['low', 'high']))
    .option('--begins <share>', 'of the window before the pipeline breaks: 0 to 1', share)
    .addOption(
      new Option('--family <family>', 'of data').choices(FAMILIES.map(({ name }) => name)).default('credit'),
    )
    .addOption(
      new Option('--world <world>', 'of ordinary life, instead of a family').choices(
        WORLDS.map(({ name }) => name),
      ),
    )
    .addOption(
      new Option('--task <task>', 'of the model')
        .choices(['classification', 'regression'])
        .default('classification'),
    )
    .addOption(
      new Option('--model <model>', 'how well it knows the truth').choices(MODEL_KINDS).default('calibrated'),
    )
    .option('--reference-rows <count>', 'of the training data', count, 10_000)
    .option('--rows <count>', 'of the current data', count, 5_000)
    .option('--labelled <share>', 'of the current rows with a label: 0 to 1', share, 1)
    .addOption(
      new Option('--format <format>', 'of the files in the folder').choices(['csv', 'jsonl']).default('csv'),
    )
    .option('--seed <number>', 'the same seed writes the same files', whole, 1)
    .addHelpText('after', HELP)
    .action(async (flags: Flags) => await simulate(io, flags));
}

async function simulate(io: SimulateIo, flags: Flags): Promise<void> {
  const { out, family, task, model, labelled, format, seed } = flags;
  if (flags.world !== undefined) {
    const { worldFiles } = await import('./world-files.ts');
    io.print(await worldFiles({ world: flags.world, ...askedOfWorld(flags), seed, out, format }));
    return;
  }
  const { simulateFiles } = await import('./files.ts');
  const kind = SIMULATED_KINDS.find((each) => each === flags.kind);
  if (kind === undefined) {
    throw new UsageError(`no family can show ${flags.kind}`, { fix: 'Name a world: --world shop.' });
  }
  const written = await simulateFiles({
    request: requestOf(kind, flags),
    family,
    spec: { seed, task, model, labelled, rows: { reference: flags.referenceRows, current: flags.rows } },
    out,
    format,
  });
  io.print(written);
}

/** A fault of a world, a shift, or nothing. */
function askedOfWorld(flags: Flags): { fault: Fault | null; request: ShiftRequest | null } {
  const fault = FAULTS.find((each) => each === flags.kind) ?? null;
  const kind = SIMULATED_KINDS.find((each) => each === flags.kind);
  const isShift = fault === null && kind !== undefined && kind !== 'none';
  return { fault, request: isShift ? requestOf(kind, flags) : null };
}

function requestOf(
  kind: SimulatedKind,
  { form, feature, size, share: part, end, begins }: Flags,
): ShiftRequest {
  return {
    kind,
    ...(form !== undefined && { form }),
    ...(feature !== undefined && { feature }),
    ...(size !== undefined && { size }),
    ...(part !== undefined && { share: part }),
    ...(end !== undefined && { end }),
    ...(begins !== undefined && { begins }),
  };
}

function number(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value)) throw new InvalidArgumentError('Give a number.');
  return value;
}

function whole(text: string): number {
  const value = number(text);
  if (!Number.isSafeInteger(value)) throw new InvalidArgumentError('Give a whole number.');
  return value;
}

function share(text: string): number {
  const value = number(text);
  if (value < 0 || value > 1) throw new InvalidArgumentError('Give a share from 0 to 1.');
  return value;
}

/** More would be drawn into memory first. */
const MAX_ROWS = 2_000_000;

function count(text: string): number {
  const value = whole(text);
  if (value < 1 || value > MAX_ROWS) {
    throw new InvalidArgumentError(`Give 1 to ${MAX_ROWS.toLocaleString('en')}.`);
  }
  return value;
}
