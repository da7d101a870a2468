/** Writes a window of an ordinary world: its reference, its rows, and what may be said of it. */
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { UsageError } from '../../core/errors.ts';
import type { Fault } from '../../core/faults.ts';
import { PROBABILITY_PREFIX } from '../../core/table.ts';
import type { ShiftRequest } from '../../simulate/plan.ts';
import { WORLDS } from '../../simulate/worlds/all-worlds.ts';
import type { WorldRow } from '../../simulate/worlds/draw-world.ts';
import type { OrdinaryWorld } from '../../simulate/worlds/ordinary-world.ts';
import { playWorld, worldFault } from '../../simulate/worlds/play-world.ts';
import type { PlayedWindow, WorldEvent } from '../../simulate/worlds/play-world.ts';
import { filesOf, saidOfFiles } from './simulated-files.ts';
import type { SimulatedFormat } from './simulated-files.ts';
import { writeTable } from './write-table.ts';
import type { Cells } from './write-table.ts';

export interface WorldFilesRequest {
  readonly world: string;
  /** What happens beside ordinary life: a fault of the list, or what `request` says. */
  readonly fault: Fault | null;
  readonly request: ShiftRequest | null;
  readonly seed: number;
  readonly out: string;
  readonly format: SimulatedFormat;
}

/** Answers what was written, and how to compare it. */
export async function worldFiles({
  world: name,
  fault,
  request,
  seed,
  out,
  format,
}: WorldFilesRequest): Promise<string> {
  const world = WORLDS.find((each) => each.name === name);
  if (world === undefined) throw new UsageError(`there is no world ${name}`);
  const files = filesOf(out, format);
  const { rows, answer, happened } = played(world, seed, fault, request);
  const counts = { reference: rows.reference.length, current: rows.current.length };
  await mkdir(dirname(files.current), { recursive: true });
  await writeTable(
    files.reference,
    columnsOf(world),
    rows.reference.map((row, at) => cellsOf(world, row, at)),
  );
  await writeTable(
    files.current,
    columnsOf(world),
    rows.current.map((row, at) => cellsOf(world, row, at)),
  );
  const truth = { world: name, happened, seed, rows: counts, answer };
  await writeFile(files.truth, `${JSON.stringify(truth, null, 2)}\n`);
  return saidOfFiles(`${name}: ${happened}`, counts, files, positiveClassOf(world));
}

const positiveClassOf = ({ task, classes }: OrdinaryWorld): string | null =>
  task === 'regression' ? null : (classes[0] ?? null);

function played(
  world: OrdinaryWorld,
  seed: number,
  fault: Fault | null,
  request: ShiftRequest | null,
): PlayedWindow {
  try {
    const event: WorldEvent =
      fault !== null ? { fault: worldFault(world, fault, seed) } : request && { shift: request };
    return playWorld(world, { seed }, event);
  } catch (error) {
    throw new UsageError(
      `this cannot be simulated: ${error instanceof Error ? error.message : String(error)}`,
      { fix: `${world.name} has ${world.features.map((feature) => feature.name).join(', ')}.` },
    );
  }
}

function columnsOf({ task, classes, features }: OrdinaryWorld): string[] {
  const scores =
    task === 'regression'
      ? []
      : classes.length > 2
        ? classes.map((name) => PROBABILITY_PREFIX + name)
        : ['score'];
  return [
    'prediction_id',
    'timestamp',
    ...features.map(({ name }) => name),
    'prediction',
    ...scores,
    'label',
  ];
}

function cellsOf(world: OrdinaryWorld, row: WorldRow, at: number): Cells {
  const { task, classes, outcome } = world;
  const common = {
    prediction_id: `${at + 1}`,
    timestamp: new Date(row.timestampMs).toISOString(),
    ...row.fed,
  };
  if (task === 'regression') {
    return { ...common, prediction: outcome.level + outcome.spread * row.index, label: row.label };
  }
  const most = row.probabilities.indexOf(Math.max(...row.probabilities));
  return {
    ...common,
    prediction: classes[most] ?? null,
    score: row.probabilities[0] ?? null,
    ...Object.fromEntries(
      classes.map((name, place) => [PROBABILITY_PREFIX + name, row.probabilities[place] ?? null]),
    ),
    label: row.classAt === null ? null : (classes[row.classAt] ?? null),
  };
}
