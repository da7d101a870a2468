/** Writes what `simulate` draws: reference, current, and the truth about the difference. */
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { UsageError } from '../../core/errors.ts';
import { FAMILIES } from '../../simulate/families/all-families.ts';
import type { Family } from '../../simulate/family.ts';
import { measuredEffect } from '../../simulate/measured-effect.ts';
import type { PlannedShift, ShiftRequest } from '../../simulate/plan.ts';
import { planShift } from '../../simulate/plan-shift.ts';
import { outputsOf } from '../../simulate/outputs.ts';
import { simulate } from '../../simulate/world.ts';
import type { SimulatedRow, SimulatedRows, WorldSpec } from '../../simulate/world.ts';
import { filesOf, saidOfFiles } from './simulated-files.ts';
import type { SimulatedFormat } from './simulated-files.ts';
import { writeTable } from './write-table.ts';

export interface SimulateFilesRequest {
  readonly request: ShiftRequest;
  readonly family: string;
  readonly spec: WorldSpec;
  readonly out: string;
  readonly format: SimulatedFormat;
}

/** Answers what was written, and how to compare it. */
export async function simulateFiles({
  request,
  family: name,
  spec,
  out,
  format,
}: SimulateFilesRequest): Promise<string> {
  const family = FAMILIES.find((each) => each.name === name);
  if (family === undefined) throw new UsageError(`there is no family ${name}`);
  const files = filesOf(out, format);
  const { shift, rows } = drawn(family, spec, request);
  await mkdir(dirname(files.current), { recursive: true });
  await writeRows(files.reference, family, spec, rows.reference);
  await writeRows(files.current, family, spec, rows.current);
  await writeFile(files.truth, `${JSON.stringify(truthOf(family, spec, shift, rows), null, 2)}\n`);
  const said = `${shift.kind.replaceAll('_', ' ')}: ${shift.description}`;
  return saidOfFiles(said, spec.rows, files, spec.task === 'regression' ? null : family.classes[0]);
}

/** What a family cannot show is the caller's mistake: an unknown column, a share where all rows are needed. */
function drawn(
  family: Family,
  spec: WorldSpec,
  request: ShiftRequest,
): { shift: PlannedShift; rows: SimulatedRows } {
  try {
    const shift = planShift(family, spec.task, request, spec.seed);
    return { shift, rows: simulate(family, spec, shift.change) };
  } catch (error) {
    const names = family.features.map((feature) => feature.name).join(', ');
    throw new UsageError(
      `this cannot be simulated: ${error instanceof Error ? error.message : String(error)}`,
      {
        fix: `${family.name} has ${names}.`,
      },
    );
  }
}

async function writeRows(
  path: string,
  family: Family,
  { task }: WorldSpec,
  rows: readonly SimulatedRow[],
): Promise<void> {
  const names = family.features.map(({ name }) => name);
  const outputs = task === 'regression' ? ['prediction', 'label'] : ['prediction', 'score', 'label'];
  const columns = ['prediction_id', 'timestamp', ...names, ...outputs];
  const cells = rows.map((row, at) => ({
    prediction_id: `${at + 1}`,
    timestamp: new Date(row.timestampMs).toISOString(),
    ...row.fed,
    ...outputsOf(family, task, row),
  }));
  await writeTable(path, columns, cells);
}

function truthOf(
  family: Family,
  { seed, task, model, rows: { reference, current } }: WorldSpec,
  shift: PlannedShift,
  rows: SimulatedRows,
): object {
  const { kind, form, verdict, types, fault, features, size, share, stratum, description } = shift;
  const first = rows.current.find(({ isBroken }) => isBroken);
  return {
    kind,
    form,
    verdict,
    types,
    fault,
    features,
    size,
    share,
    stratum,
    description,
    broken_since: first === undefined ? null : new Date(first.timestampMs).toISOString(),
    family: family.name,
    task,
    model,
    seed,
    rows: { reference, current },
    measured: measuredEffect(family, task, rows),
  };
}
