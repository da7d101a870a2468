/** Writes what `simulate` draws: reference, current, and the truth about the difference. */
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, extname, join } from 'node:path';
import { UsageError } from '../../core/errors.ts';
import { FAMILIES } from '../../simulate/families/all-families.ts';
import type { Family, Value } from '../../simulate/family.ts';
import { measuredEffect } from '../../simulate/measured-effect.ts';
import type { PlannedShift, ShiftRequest } from '../../simulate/plan.ts';
import { planShift } from '../../simulate/plan-shift.ts';
import { outputsOf } from '../../simulate/outputs.ts';
import { simulate } from '../../simulate/world.ts';
import type { SimulatedRow, SimulatedRows, WorldSpec } from '../../simulate/world.ts';
import { writeOutput } from '../terminal/output-file.ts';

export interface SimulateFilesRequest {
  readonly request: ShiftRequest;
  readonly family: string;
  readonly spec: WorldSpec;
  readonly out: string;
  readonly format: Format;
}

type Format = 'csv' | 'jsonl';

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
  return [
    `${shift.kind.replaceAll('_', ' ')}: ${shift.description}\n`,
    `${spec.rows.reference.toLocaleString('en')} reference rows: ${files.reference}\n`,
    `${spec.rows.current.toLocaleString('en')} current rows: ${files.current}\n`,
    `what is true: ${files.truth}\n\n`,
    `Compare them:\n  shiftwatch compare ${quoted(files.reference)} ${quoted(files.current)}${scoreOf(family, spec)}\n`,
  ].join('');
}

/** A file does not say which class its scores are of. */
function scoreOf({ classes }: Family, { task }: WorldSpec): string {
  return task === 'regression' ? '' : ` --positive-class ${quoted(classes[0])}`;
}

interface Files {
  readonly reference: string;
  readonly current: string;
  readonly truth: string;
}

/** A folder, or the file for the current rows, beside which the others then lie. */
function filesOf(out: string, format: Format): Files {
  const extension = extname(out);
  if (extension === '.csv' || extension === '.jsonl') {
    const stem = out.slice(0, -extension.length);
    return { reference: `${stem}-reference${extension}`, current: out, truth: `${stem}-truth.json` };
  }
  return {
    reference: join(out, `reference.${format}`),
    current: join(out, `current.${format}`),
    truth: join(out, 'truth.json'),
  };
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
  const isCsv = path.endsWith('.csv');
  const names = family.features.map(({ name }) => name);
  const outputs = task === 'regression' ? ['prediction', 'label'] : ['prediction', 'score', 'label'];
  const columns = ['prediction_id', 'timestamp', ...names, ...outputs];
  await writeOutput(path, async (put) => {
    if (isCsv) await put(`${columns.join(',')}\n`);
    for (const [at, row] of rows.entries()) {
      const { prediction, score, label } = outputsOf(family, task, row);
      const cells: Record<string, Value> = {
        prediction_id: `${at + 1}`,
        timestamp: new Date(row.timestampMs).toISOString(),
        ...row.fed,
        prediction,
        score,
        label,
      };
      const line = isCsv
        ? columns.map((column) => csvCell(cells[column] ?? null)).join(',')
        : JSON.stringify(Object.fromEntries(columns.map((column) => [column, cells[column] ?? null])));
      await put(`${line}\n`);
    }
  });
}

function csvCell(value: Value): string {
  if (value === null) return '';
  const text = String(value);
  return /[",\n]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
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

const quoted = (path: string): string =>
  /^[\w./-]+$/.test(path) ? path : `'${path.replaceAll("'", `'\\''`)}'`;
