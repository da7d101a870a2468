import { DAY_MS } from '../core/clock.ts';
import { CYCLES } from '../core/columns/cycle-figures.ts';
import type { CycleKind } from '../core/columns/cycle-figures.ts';
import { keptWith } from '../core/memory/remember.ts';
import type { Task } from '../core/model.ts';
import type { Table } from '../core/table.ts';
import { quantileBetween } from '../stats/quantiles.ts';
import { chooseCycle, MIN_PHASE_WINDOWS, phaseOf } from '../stats/significance/cycle.ts';
import type { TimedCounts } from '../stats/significance/cycle.ts';
import type { WindowSpread } from '../stats/significance/overdispersion.ts';
import { stretchSpread } from '../stats/significance/stretch-spread.ts';
import { takeRows } from '../stats/table/sample-rows.ts';
import type { BeganAt } from './options.ts';
import { countLabelled, labelledSample } from './performance.ts';
import type { OutcomesOfHours, UsualOutcomes } from './performance.ts';

export interface OutcomeModel {
  readonly task: Task;
  readonly positiveClass: string | null;
}

export interface OwnHours extends OutcomeModel {
  readonly began: BeganAt;
  readonly sizeMs: number;
  /** Fewer labelled rows of the same hours than this, and coarser ones are taken. */
  readonly minLabelled: number;
}

/**
 * What the model did in the baseline's own windows: at the hours that this one is of, and how far they were from each other. Null
 * where rows have no times, or too few.
 */
export function usualOutcomes(reference: Table | null, asked: OwnHours): UsualOutcomes | null {
  if (reference === null || reference.timestampMs === null) return null;
  const hours = outcomesOfHours(reference, asked);
  const { began, sizeMs } = asked;
  const spread = hoursOf(reference).spread(sizeMs, began.timeZone, hours?.by ?? null);
  if (hours === null && spread === null) return null;
  return { hours, spread: spread && { ...spread, parts: spread.parts * began.windows.length } };
}

/**
 * Those of the same hours; null where what came of predictions follows no hours.
 *
 * Purpose: at night few are ill, and a model that is as good as ever has another F1 then; its errors at noon may be larger than
 * at any other time. Formula: outcomes (predicted and true class; of a regression the error, in eight parts) are counted in the
 * baseline's own windows, and `chooseCycle` says whether they follow the hours. Of windows put together, rows of each phase in the
 * share that it has among them. Coarser hours where too few labels are of the same ones. Cost: two passes over the
 * reference, once; then O(rows of those hours).
 */
function outcomesOfHours(reference: Table, asked: OwnHours): OutcomesOfHours | null {
  const { task, positiveClass, began, sizeMs } = asked;
  const finest = hoursOf(reference).cycle(sizeMs, began.timeZone);
  if (finest === null) return null;
  const kinds = CYCLES.slice(0, CYCLES.indexOf(finest) + 1).filter(
    (kind) => (kind === 'day_of_week') === (finest === 'day_of_week'),
  );
  for (const by of kinds.toReversed()) {
    const rows = rowsOfMix(reference, by, asked);
    if (rows === null) continue;
    const usual = takeRows({ ...reference, features: [] }, rows);
    const labelled = countLabelled(usual);
    const sample = labelledSample(usual, task, positiveClass);
    if (labelled >= asked.minLabelled && sample !== null) return { by, labelled, sample };
  }
  return null;
}

/** What is looked for once for each length of windows, time zone and kind of hours. */
const hoursOf = keptWith((reference: Table) => {
  const cycles = new Map<string, CycleKind | null>();
  const rows = new Map<string, ReadonlyMap<number, PhaseRows>>();
  const spreads = new Map<string, UsualOutcomes['spread']>();
  return {
    spread: (sizeMs: number, timeZone: string, by: CycleKind | null): UsualOutcomes['spread'] =>
      onceFor(spreads, `${by ?? ''} ${sizeMs} ${timeZone}`, () =>
        outcomeSpread(reference, sizeMs, timeZone, by),
      ),
    cycle: (sizeMs: number, timeZone: string): CycleKind | null =>
      onceFor(cycles, `${sizeMs} ${timeZone}`, () =>
        chooseCycle(outcomesByWindow(reference, sizeMs), sizeMs, timeZone),
      ),
    rows: (by: CycleKind, sizeMs: number, timeZone: string): ReadonlyMap<number, PhaseRows> =>
      onceFor(rows, `${by} ${sizeMs} ${timeZone}`, () => rowsByPhase(reference, by, sizeMs, timeZone)),
  };
});

function onceFor<V>(known: Map<string, V>, key: string, find: () => V): V {
  if (!known.has(key)) known.set(key, find());
  return known.get(key)!;
}

interface PhaseRows {
  readonly rows: number[];
  /** Starts of the windows that they are of. */
  readonly windows: Set<number>;
}

function rowsByPhase(
  reference: Table,
  by: CycleKind,
  sizeMs: number,
  timeZone: string,
): Map<number, PhaseRows> {
  const phaseAt = new Map<number, PhaseRows>();
  const phases = new Map<number, PhaseRows>();
  for (const [row, ms] of (reference.timestampMs ?? []).entries()) {
    if (!Number.isFinite(ms)) continue;
    const startMs = startOf(ms, sizeMs);
    let own = phaseAt.get(startMs);
    if (own === undefined) {
      const phase = phaseOf(by, startMs, timeZone);
      own = phases.get(phase) ?? { rows: [], windows: new Set() };
      phases.set(phase, own);
      phaseAt.set(startMs, own);
      own.windows.add(startMs);
    }
    own.rows.push(row);
  }
  return phases;
}

const startOf = (ms: number, sizeMs: number): number => Math.floor(ms / sizeMs) * sizeMs;

/** How many of the commonest classes are told apart. */
const CLASSES = 5;
const ERROR_PARTS = 8;

function outcomesByWindow(reference: Table, sizeMs: number): TimedCounts[] {
  const outcomes = outcomesOf(reference);
  const windows = new Map<number, number[]>();
  for (const [row, ms] of (reference.timestampMs ?? []).entries()) {
    const cell = outcomes.of(row);
    if (cell === null || !Number.isFinite(ms)) continue;
    const startMs = startOf(ms, sizeMs);
    let counts = windows.get(startMs);
    if (counts === undefined) {
      counts = Array.from({ length: outcomes.cells }, () => 0);
      windows.set(startMs, counts);
    }
    counts[cell]! += 1;
  }
  return [...windows]
    .map(([startMs, counts]) => ({ startMs, counts }))
    .toSorted((a, b) => a.startMs - b.startMs);
}

interface Outcomes {
  readonly cells: number;
  /** Null: no label, or no prediction. */
  of(row: number): number | null;
}

function outcomesOf({ label, prediction, rows }: Table): Outcomes {
  if (label?.kind === 'numeric' && prediction?.kind === 'numeric') {
    const errors = Float64Array.from(
      { length: rows },
      (_, row) => prediction.values[row]! - label.values[row]!,
    );
    const sorted = errors.filter((error) => !Number.isNaN(error)).sort();
    if (sorted.length === 0) return NO_OUTCOMES;
    const cuts = Array.from({ length: ERROR_PARTS - 1 }, (_, i) =>
      quantileBetween(sorted, (i + 1) / ERROR_PARTS),
    );
    return {
      cells: ERROR_PARTS,
      of: (row) => {
        const error = errors[row] ?? Number.NaN;
        return Number.isNaN(error) ? null : cuts.filter((cut) => error > cut).length;
      },
    };
  }
  if (label === null || prediction === null || label.kind === 'numeric' || prediction.kind === 'numeric') {
    return NO_OUTCOMES;
  }
  const counts = new Map<string, number>();
  for (const code of label.codes) {
    const name = label.levels[code];
    if (name !== undefined) counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  const places = new Map(
    [...counts]
      .toSorted((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1))
      .slice(0, CLASSES)
      .map(([name], at) => [name, at]),
  );
  const placesOf = (levels: readonly string[]): number[] => levels.map((name) => places.get(name) ?? CLASSES);
  const [truths, given] = [placesOf(label.levels), placesOf(prediction.levels)];
  return {
    cells: (CLASSES + 1) ** 2,
    of: (row) => {
      const truth = truths[label.codes[row] ?? -1];
      const said = given[prediction.codes[row] ?? -1];
      return truth === undefined || said === undefined ? null : truth * (CLASSES + 1) + said;
    },
  };
}

const NO_OUTCOMES: Outcomes = { cells: 0, of: () => null };

/**
 * How far windows are from each other in how often the model was right, or of a regression how often far off: rows of a day are alike
 * in that, too. Days where there are fewer than twenty windows of several.
 */
function outcomeSpread(
  reference: Table,
  sizeMs: number,
  timeZone: string,
  by: CycleKind | null,
): UsualOutcomes['spread'] {
  const days = sizeMs / DAY_MS;
  const { timestampMs } = reference;
  if (timestampMs === null) return null;
  const values = rightOf(reference);
  for (const parts of Number.isInteger(days) && days > 1 ? [1, days] : [1]) {
    const found = spreadOfWindows(values, timestampMs, sizeMs / parts, (startMs) =>
      by === null ? 0 : phaseOf(by, startMs, timeZone),
    );
    if (found !== null) return { of: found, parts };
  }
  return null;
}

/** Each window beside the others of its phase. */
function spreadOfWindows(
  values: Float64Array,
  timestampMs: Float64Array,
  sizeMs: number,
  phaseAt: (startMs: number) => number,
): WindowSpread | null {
  const windows = new Map<number, { at: number; phase: number }>();
  const rows = Array.from(timestampMs, (ms) => {
    if (!Number.isFinite(ms)) return null;
    const startMs = startOf(ms, sizeMs);
    let known = windows.get(startMs);
    if (known === undefined) windows.set(startMs, (known = { at: windows.size, phase: phaseAt(startMs) }));
    return known;
  });
  return stretchSpread({
    values,
    stretch: Int32Array.from(rows, (row) => row?.at ?? -1),
    stretches: windows.size,
    zone: Int32Array.from(rows, (row) => row?.phase ?? -1),
    zones: Math.max(0, ...[...windows.values()].map(({ phase }) => phase)) + 1,
  });
}

/** 1 where the model was right, or of a regression less far off than usual; NaN where that is not known. */
function rightOf(reference: Table): Float64Array {
  const outcomes = outcomesOf(reference);
  const isRight =
    outcomes.cells === ERROR_PARTS
      ? (cell: number) => cell >= ERROR_PARTS / 4 && cell < (3 * ERROR_PARTS) / 4
      : (cell: number) => cell % (CLASSES + 2) === 0 && cell < CLASSES * (CLASSES + 2);
  return Float64Array.from({ length: reference.rows }, (_, row) => {
    const cell = outcomes.of(row);
    return cell === null ? Number.NaN : Number(isRight(cell));
  });
}

/** Rows of the asked phases, each in the share that it has among the windows; null where one of them is hardly known. */
function rowsOfMix(reference: Table, by: CycleKind, { began, sizeMs }: OwnHours): Int32Array | null {
  const shares = new Map<number, number>();
  for (const { startMs, rows } of began.windows) {
    const phase = phaseOf(by, startMs, began.timeZone);
    shares.set(phase, (shares.get(phase) ?? 0) + rows);
  }
  const phases = hoursOf(reference).rows(by, sizeMs, began.timeZone);
  const asked = [...shares].map(([phase, share]) => ({ share, known: phases.get(phase) }));
  if (asked.some(({ known }) => (known?.windows.size ?? 0) < MIN_PHASE_WINDOWS)) return null;
  // As many rows as the scarcest phase allows.
  const perShare = Math.min(...asked.map(({ share, known }) => known!.rows.length / share));
  const taken = asked.flatMap(({ share, known }) =>
    known!.rows.slice(0, Math.floor(perShare * share + 1e-9)),
  );
  return Int32Array.from(taken).sort();
}
