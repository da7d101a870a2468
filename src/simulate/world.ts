import type { Task } from '../core/model.ts';
import { quantilePassed } from '../stats/quantiles.ts';
import type { WorldChange } from './change.ts';
import { draws } from './draws.ts';
import type { Draws } from './draws.ts';
import { clip } from './family.ts';
import type { Family, Fed, ModelKind, Row, Value } from './family.ts';

export interface WorldSpec {
  readonly seed: number;
  readonly task: Task;
  readonly model: ModelKind;
  readonly rows: { readonly reference: number; readonly current: number };
  /** Share of current rows whose label is known; all of them when absent. */
  readonly labelled?: number;
}

export interface SimulatedRow {
  /** As model and log saw it. */
  readonly fed: Fed;
  /** The model's index: log odds of the positive class. */
  readonly index: number;
  /** 1 or 0, or a number; null when it is not known. */
  readonly label: number | null;
  readonly timestampMs: number;
  /** The truth's index for this row: as it always was, and as it is now. */
  readonly truth: { readonly before: number; readonly now: number };
  /** The pipeline touched it. */
  readonly isBroken: boolean;
}

export interface SimulatedRows {
  readonly reference: readonly SimulatedRow[];
  readonly current: readonly SimulatedRow[];
}

const DAY_MS = 86_400_000;
const REFERENCE_START_MS = Date.UTC(2026, 1, 2);
const REFERENCE_DAYS = 28;
const CURRENT_DAYS = 7;
/** A model that was fed nonsense still answers with a probability. */
const MAX_INDEX = 8;
/** Rows tried for one kept, before a change is called impossible. */
const MAX_TRIES = 5_000;

export const logistic = (index: number): number => 1 / (1 + Math.exp(-index));

/** Rows of a world in which exactly `change` happened between reference and current. */
export function simulate<R extends Row>(
  family: Family<R>,
  spec: WorldSpec,
  change: WorldChange<R>,
): SimulatedRows {
  const draw = draws(spec.seed);
  const typical = typicalRow(family);
  const drawAll = (rows: number, how: WorldChange<R>, span: Span, labelled: number): SimulatedRow[] =>
    Array.from({ length: rows }, (_, i) => {
      const place = (i + draw.uniform()) / rows;
      const timestampMs = Math.floor(span.startMs + place * span.days * DAY_MS);
      return { ...drawOne({ family, spec, typical, draw }, how, place, labelled), timestampMs };
    });
  const currentStartMs = REFERENCE_START_MS + REFERENCE_DAYS * DAY_MS;
  const { reference, current } = spec.rows;
  return {
    reference: drawAll(reference, {}, { startMs: REFERENCE_START_MS, days: REFERENCE_DAYS }, 1),
    current: drawAll(current, change, { startMs: currentStartMs, days: CURRENT_DAYS }, spec.labelled ?? 1),
  };
}

interface Span {
  readonly startMs: number;
  readonly days: number;
}

interface Setting<R extends Row> {
  readonly family: Family<R>;
  readonly spec: WorldSpec;
  readonly typical: R;
  readonly draw: Draws;
}

function drawOne<R extends Row>(
  { family, spec, typical, draw }: Setting<R>,
  change: WorldChange<R>,
  place: number,
  labelled: number,
): Omit<SimulatedRow, 'timestampMs'> {
  for (let tries = 0; tries < MAX_TRIES; tries++) {
    const plain = family.draw(draw);
    const row = change.inputs?.(plain, draw) ?? plain;
    if (change.admit !== undefined && draw.uniform() >= change.admit(row)) continue;
    const before = family.truth(row);
    const now = change.concept?.(before, row) ?? before;
    const label = drawLabel(family, spec.task, now, draw);
    if (change.keep !== undefined && draw.uniform() >= change.keep(label)) continue;
    const breaks = change.pipeline !== undefined && place >= (change.breaksAt ?? 0);
    const fed: Fed = breaks ? (change.pipeline?.(row, draw) ?? row) : row;
    return {
      fed,
      index: indexOf(family, spec.model, filled(fed, typical)),
      label: draw.uniform() < labelled ? label : null,
      truth: { before, now },
      isBroken: fed !== row,
    };
  }
  throw new Error(`no row of ${family.name} is left by this change`);
}

function drawLabel(family: Pick<Family, 'outcome'>, task: Task, index: number, draw: Draws): number {
  if (task === 'classification') return Number(draw.uniform() < logistic(index));
  const { level, spread, noise } = family.outcome;
  return level + spread * index + noise * draw.normal();
}

function indexOf<R extends Row>(family: Family<R>, model: ModelKind, row: R): number {
  const index =
    model === 'calibrated' ? family.truth(row) : model === 'weak' ? family.weak(row) : family.imperfect(row);
  return Number.isFinite(index) ? clip(index, -MAX_INDEX, MAX_INDEX) : 0;
}

/** What a model puts in the place of what it cannot read. */
function filled<R extends Row>(fed: Fed, typical: R): R {
  const known = Object.entries(fed).filter(([name, value]) => isReadable(value, typical[name]));
  return { ...typical, ...Object.fromEntries(known) };
}

function isReadable(value: Value, typical: Value | undefined): boolean {
  if (value === null) return false;
  return typeof value === typeof typical && (typeof value !== 'number' || Number.isFinite(value));
}

/** The row of medians and commonest levels. */
function typicalRow<R extends Row>(family: Family<R>): R {
  const draw = draws(TYPICAL_SEED);
  const rows = Array.from({ length: 501 }, () => family.draw(draw));
  const cells = family.features.map(({ name, kind }): [string, number | string] => {
    const values = rows.map((row) => row[name] ?? '');
    return [name, kind === 'numeric' ? middle(values.map(Number)) : commonest(values.map(String))];
  });
  return Object.fromEntries(cells) as R;
}

const TYPICAL_SEED = 501;

function middle(values: readonly number[]): number {
  return quantilePassed(
    values.toSorted((a, b) => a - b),
    0.5,
  );
}

function commonest(values: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts].reduce((best, entry) => (entry[1] > best[1] ? entry : best), ['', 0])[0];
}
