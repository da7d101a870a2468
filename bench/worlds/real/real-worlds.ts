/** Worlds of real rows: a reference cut out of them, a window behind it, and what may happen to that. */
import { join } from 'node:path';
import type { Column, Table } from '../../../src/core/table.ts';
import { draws } from '../../../src/simulate/draws.ts';
import type { Draws } from '../../../src/simulate/draws.ts';
import { clip } from '../../../src/simulate/family.ts';
import type { Feature } from '../../../src/simulate/family.ts';
import { faultAnswer, healthyAnswer, shiftAnswer } from '../../../src/simulate/worlds/answer.ts';
import type { WorldRow } from '../../../src/simulate/worlds/draw-world.ts';
import type { Breakable } from '../../../src/simulate/worlds/ordinary-world.ts';
import { worldFaults } from '../../../src/simulate/worlds/play-world.ts';
import { evenly, planCases } from '../case-plan.ts';
import type { WorldCase } from '../case-plan.ts';
import type { BenchWorld, CaseToJudge } from '../bench-world.ts';
import { rowsOfTable, tableOfRealRows } from './real-rows.ts';
import { CAR_LOAN, SHARED_SETS } from './real-sets.ts';
import type { RealSet } from './real-sets.ts';
import { REAL_SHIFTS, shiftedRows } from './real-shifts.ts';

const CARS = join(import.meta.dirname, '..', '..', '..', 'examples', 'car-loan');
/** Of the window that a shift leaves, so many times as many rows are looked through. */
const LOOKED_THROUGH = 4;

/** @param folder with the shared data sets; null: only what lies in the repository */
export function realWorlds(folder: string | null): BenchWorld[] {
  const cars = realWorld(CAR_LOAN, CARS);
  return folder === null ? [cars] : [cars, ...SHARED_SETS.map((set) => realWorld(set, folder))];
}

/** Its rows are read when the first case is drawn. */
function realWorld(set: RealSet, folder: string): BenchWorld {
  const { name, about, heldBack, classes } = set;
  let opened: Promise<{ table: Table; breakable: Breakable }> | null = null;
  const open = async (): Promise<{ table: Table; breakable: Breakable }> => {
    const table = await set.read(folder);
    return { table, breakable: breakableOf(set, table) };
  };
  return {
    name,
    about,
    heldBack,
    task: 'classification',
    positiveClass: classes[0],
    cases: (series) => planCases(name, series),
    async draw(planned) {
      const { table, breakable } = await (opened ??= open());
      return drawCase(set, table, breakable, planned);
    },
  };
}

const CASE_SEED = 0x0ca5e;

function drawCase(
  set: RealSet,
  table: Table,
  breakable: Breakable,
  { group, at, seed, window }: WorldCase,
): CaseToJudge {
  const draw = draws(seed ^ (CASE_SEED + window));
  const wanted = set.windowRows[Math.floor(set.windowRows.length * draw.uniform())] ?? 500;
  const { reference, current } = cutOut(set, wanted * (group === 'shift' ? LOOKED_THROUGH : 1), draw);
  const tableOf = (rows: readonly WorldRow[]): Table => tableOfRealRows(table, set, rows);
  const rowsAt = (places: Int32Array): WorldRow[] => rowsOfTable(table, set.classes, places);
  const judged = (
    rows: readonly WorldRow[],
    rest: Omit<CaseToJudge, 'tables' | 'meetsBar'>,
  ): CaseToJudge => ({
    ...rest,
    tables: { reference: tableOf(rowsAt(reference)), current: tableOf(rows) },
    meetsBar: true,
  });
  const rows = rowsAt(current);
  if (group === 'healthy') {
    return judged(rows, { answer: healthyAnswer(set.moves), happened: 'nothing' });
  }
  if (group === 'shift') {
    const kind = evenly(REAL_SHIFTS, at);
    const shifted = shiftedRows(kind, rows, set.weak.matters, draw).slice(0, wanted);
    return judged(shifted, { answer: shiftAnswer(kind, set.moves), happened: kind });
  }
  const happened = evenly(worldFaults(breakable), at);
  const fed = happened.broken.fed?.(rows, draw) ?? rows;
  const broken = happened.broken.logged?.(fed, draw) ?? fed;
  return judged(broken, { answer: faultAnswer(happened, set.moves), happened: happened.name });
}

/** Rows of the reference and of a window behind it; without times any rows, those of the window none of the reference's. */
function cutOut(set: RealSet, window: number, draw: Draws): { reference: Int32Array; current: Int32Array } {
  const [from, to] = set.quiet;
  const [filledFrom, filledTo] = set.filled ?? [to, to];
  const all = Int32Array.from({ length: to - from }, (_, row) => from + row).filter(
    (row) => row < filledFrom || row >= filledTo,
  );
  const { referenceRows } = set;
  const size = Math.min(window, all.length - referenceRows);
  if (!set.isTimed) {
    for (let i = all.length - 1; i > 0; i--) {
      const j = Math.min(i, Math.floor((i + 1) * draw.uniform()));
      [all[i], all[j]] = [all[j]!, all[i]!];
    }
    return {
      reference: all.slice(0, referenceRows),
      current: all.slice(referenceRows, referenceRows + size),
    };
  }
  const room = all.length - referenceRows - size;
  const start = Math.floor((room + 1) * draw.uniform());
  // The window lies up to half a reference behind it.
  const gap = Math.floor(Math.min(referenceRows / 2, room - start) * draw.uniform());
  const behind = start + referenceRows + gap;
  return {
    reference: all.slice(start, start + referenceRows),
    current: all.slice(behind, behind + size),
  };
}

function breakableOf({ classes, moves, weak }: RealSet, table: Table): Breakable {
  return { features: table.features.map(featureOf), task: 'classification', classes, moves, weak };
}

const LOOKED_AT = 500;

function featureOf(column: Column): Feature {
  const { name } = column;
  if (column.kind !== 'numeric') return { name, kind: 'categorical' };
  const known = column.values.slice(0, LOOKED_AT).filter((value) => !Number.isNaN(value));
  const digits = (value: number): number => String(value).split('.')[1]?.length ?? 0;
  const decimals = clip(Math.max(0, ...known.map(digits)), 0, 6);
  return { name, kind: 'numeric', scale: 'linear', decimals };
}
