/** Rows of an ordinary world: a reference, and a later window in which something may have happened. */
import { DAY_MS } from '../../core/clock.ts';
import { draws } from '../draws.ts';
import type { Draws } from '../draws.ts';
import { clip } from '../family.ts';
import type { Fed, Row } from '../family.ts';
import { logistic } from '../world.ts';
import type { SimulatedRow } from '../world.ts';
import { WORLD_START_MS, arrivals } from './ordinary-life.ts';
import type { Happening, Life, OrdinaryWorld } from './ordinary-world.ts';

export interface WorldRow extends SimulatedRow {
  /** Place among the classes; null without a label, and of a numeric outcome. */
  readonly classAt: number | null;
  /** Of each class, by the model; empty in regression. */
  readonly probabilities: readonly number[];
}

/** What the pipeline has of a row before the model sees it. */
export type FedRow = Pick<SimulatedRow, 'fed' | 'timestampMs' | 'isBroken'>;

/** A row before the model has seen it. */
type DrawnRow = Omit<WorldRow, 'index' | 'probabilities'>;

/** What a broken pipeline makes of the rows of a window: before the model sees them, and after. */
export interface BrokenWindow {
  fed?<R extends FedRow>(rows: readonly R[], draw: Draws): R[];
  logged?(rows: readonly WorldRow[], draw: Draws): WorldRow[];
}

export interface WorldWindow {
  /** Of the life and its reference. */
  readonly seed: number;
  /** Which of the windows of this life; another one has other rows. */
  readonly window?: number;
  /** Days after the end of the reference at which the window begins, and how long it is. */
  readonly afterDays: number;
  readonly days: number;
  /** Arrivals by those of an ordinary day; 1 when absent. */
  readonly density?: number;
}

export interface WorldRows {
  readonly reference: readonly WorldRow[];
  readonly current: readonly WorldRow[];
  /** Where the window begins. */
  readonly startMs: number;
}

const MAX_INDEX = 12;
/** Rows tried for one kept, before a change is called impossible. */
const MAX_TRIES = 3_000;
const ROW_SEED = 0x5eed;
const WINDOW_SEED = 0x717d0;

/**
 * Draws a reference and one window after it. The same spec gives the same rows; windows of one seed have one reference, the
 * same array, and one course of levels and promotions. Waves begin anew in a window.
 */
export function drawWorld(
  world: OrdinaryWorld,
  { seed, window = 0, afterDays, days, density = 1 }: WorldWindow,
  happening: Happening = {},
  broken: BrokenWindow = {},
): WorldRows {
  const { rows: reference, typical } = referenceOf(world, seed, density);
  const startMs = endOfReference(world) + Math.round(afterDays * DAY_MS);
  const draw = draws(seed ^ (WINDOW_SEED + window));
  const setting = { world, life: world.begin(draws(seed)), draw, perDay: density * world.time.perDay };
  const now = drawRows(setting, { fromMs: startMs, untilMs: startMs + days * DAY_MS }, happening);
  const fed = broken.fed?.(now, draw) ?? now;
  const logged = fed.map((row) => withModel(world, row, typical));
  return { reference, current: broken.logged?.(logged, draw) ?? logged, startMs };
}

const endOfReference = ({ time }: OrdinaryWorld): number => WORLD_START_MS + time.referenceDays * DAY_MS;

interface DrawnReference {
  readonly key: string;
  readonly rows: readonly WorldRow[];
  /** What a model puts in the place of what it cannot read. */
  readonly typical: Row;
}

/** The last one of each world: windows of one life are asked for one after the other. */
const lastReference = new WeakMap<OrdinaryWorld, DrawnReference>();

function referenceOf(world: OrdinaryWorld, seed: number, density: number): DrawnReference {
  const key = `${seed} ${density}`;
  const last = lastReference.get(world);
  if (last?.key === key) return last;
  const draw = draws(seed ^ ROW_SEED);
  const setting = { world, life: world.begin(draws(seed)), draw, perDay: density * world.time.perDay };
  const rows = drawRows(setting, { fromMs: WORLD_START_MS, untilMs: endOfReference(world) }, {});
  const typical = typicalOf(world, rows);
  const drawn = { key, typical, rows: rows.map((row) => withModel(world, row, typical)) };
  lastReference.set(world, drawn);
  return drawn;
}

interface Setting {
  readonly world: OrdinaryWorld;
  readonly life: Life;
  readonly draw: Draws;
  readonly perDay: number;
}

function drawRows(
  setting: Setting,
  { fromMs, untilMs }: { fromMs: number; untilMs: number },
  happening: Happening,
): DrawnRow[] {
  const { life, draw, perDay } = setting;
  const rows: DrawnRow[] = [];
  const stream = { fromMs, untilMs, perDay, busy: (ms: number): number => life.busy(ms) };
  for (const ms of arrivals(draw, stream)) rows.push(...arrivedAt(ms, setting, happening));
  return rows;
}

function arrivedAt(ms: number, { world, life, draw }: Setting, happening: Happening): DrawnRow[] {
  for (let tries = 0; tries < MAX_TRIES; tries++) {
    const rows = life.arrive(ms, draw).flatMap((plain): DrawnRow[] => {
      const row = happening.inputs?.(plain, draw) ?? plain;
      if (happening.admit !== undefined && draw.uniform() >= happening.admit(row)) return [];
      const before = world.truth(row);
      const now = happening.concept?.(before, row) ?? before;
      const label = labelOf(world, row, now, draw);
      if (happening.keep !== undefined && draw.uniform() >= happening.keep(label)) return [];
      const classAt = world.task === 'regression' ? null : classOf(world, row, label, draw);
      return [{ fed: row, label, classAt, timestampMs: ms, truth: { before, now }, isBroken: false }];
    });
    if (rows.length > 0) return rows;
  }
  throw new Error(`no row of ${world.name} is left by this change`);
}

function labelOf(world: OrdinaryWorld, row: Row, index: number, draw: Draws): number {
  if (world.task === 'classification') return Number(draw.uniform() < logistic(index));
  const { level, spread, noise } = world.outcome;
  return level + spread * index + (world.noiseOf?.(row) ?? noise) * draw.normal();
}

/** The first class when it is the one whose log odds the truth is, else one of the others. */
function classOf(world: OrdinaryWorld, row: Row, label: number, draw: Draws): number {
  if (label === 1) return 0;
  return world.others === undefined ? 1 : 1 + draw.choice(othersOf(world, row));
}

function othersOf(world: OrdinaryWorld, row: Row): number[] {
  return (world.others?.(row) ?? [0]).map(Math.exp);
}

function withModel(world: OrdinaryWorld, row: DrawnRow, typical: Row): WorldRow {
  const seen = row.isBroken ? readable(row.fed, typical) : (row.fed as Row);
  const raw = world.model(seen);
  const index = Number.isFinite(raw) ? clip(world.confidence * raw, -MAX_INDEX, MAX_INDEX) : 0;
  return { ...row, index, probabilities: probabilitiesOf(world, seen, index) };
}

/** What the model cannot read it takes for typical. */
function readable(fed: Fed, typical: Row): Row {
  const known = Object.entries(fed).filter(
    ([name, value]) =>
      typeof value === typeof typical[name] && (typeof value === 'string' || Number.isFinite(value)),
  );
  return { ...typical, ...(Object.fromEntries(known) as Row) };
}

function probabilitiesOf(world: OrdinaryWorld, row: Row, index: number): number[] {
  if (world.task === 'regression') return [];
  const first = logistic(index);
  const others = othersOf(world, row).map((weight) => (Number.isFinite(weight) ? weight : 1));
  const sum = others.reduce((all, weight) => all + weight, 0);
  return [first, ...others.map((weight) => ((1 - first) * weight) / sum)];
}

/** The row of medians and commonest levels. */
function typicalOf(world: OrdinaryWorld, rows: readonly DrawnRow[]): Row {
  const cells = world.features.map(({ name, kind }): [string, number | string] => {
    const values = rows.map(({ fed }) => fed[name] ?? '');
    return [name, kind === 'numeric' ? middleOf(values.map(Number)) : commonestOf(values.map(String))];
  });
  return Object.fromEntries(cells);
}

export function middleOf(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0;
}

export function commonestOf(values: readonly string[]): string {
  return commonestFirst(values)[0]?.[0] ?? '';
}

/** The commonest first. */
export function commonestFirst(values: readonly string[]): [string, number][] {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts].sort((one, other) => other[1] - one[1] || (one[0] < other[0] ? -1 : 1));
}
