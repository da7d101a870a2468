import type { Task } from '../../src/core/model.ts';
import type { Column, Table } from '../../src/core/table.ts';
import { draws } from './random.ts';
import type { Draws } from './random.ts';

/**
 * A small credit office: rows with ten features, a truth that makes labels out of them, and a model that scores
 * what it is fed. The world can change in one known way, and so can the pipeline that feeds the model.
 */
export interface Row {
  age: number;
  income: number;
  temperature: number;
  ratio: number;
  debt: number;
  savings: number;
  visits: number;
  country: string;
  device: string;
  member: string;
}
export type RowName = keyof Row;
type Fed = { [K in RowName]: Row[K] | null };

export type ModelKind = 'calibrated' | 'tree' | 'weak';

export interface WorldSpec {
  readonly seed: number;
  readonly task: Task;
  readonly model: ModelKind;
  readonly rows: { readonly reference: number; readonly current: number };
  /** Share of current rows whose label is known. */
  readonly labelled?: number;
}

export interface Change {
  /** How the current rows are drawn, given a row as the reference would have it. */
  readonly inputs?: (row: Row, draw: Draws) => Row;
  /** Chance of keeping a drawn row, given its label (1 or 0) or, in regression, its number. */
  readonly keep?: (label: number) => number;
  /** What the truth becomes: the index of a row (log odds, or the mean label). */
  readonly concept?: (index: number, row: Row) => number;
  /** What the pipeline makes of a row before model and log see it. */
  readonly pipeline?: (row: Fed, draw: Draws) => Fed;
}

const COUNTRIES = ['DE', 'FR', 'IT', 'ES'];
const DEVICES = ['mobile app', 'web', 'branch'];

export function drawRow(draw: Draws): Row {
  const wealth = draw.normal();
  const debt = 0.6 * wealth + 0.8 * draw.normal();
  const savings = -0.4 * wealth + 0.3 * debt + 0.85 * draw.normal();
  return {
    age: Math.max(18, Math.min(90, Math.round(44 + 13 * draw.normal() + 2 * wealth))),
    income: Math.round(Math.exp(10.3 + 0.35 * wealth + 0.4 * draw.normal())),
    temperature: Math.round(10 * (18 + 7 * draw.normal())) / 10,
    ratio: 1 / (1 + Math.exp(-(draw.normal() * 0.8 - 0.6 + 0.3 * debt))),
    debt,
    savings,
    visits: draw.poisson(3),
    country: COUNTRIES[draw.choice([0.4 + 0.05 * Math.tanh(wealth), 0.3, 0.2, 0.1])] ?? '',
    device: DEVICES[draw.choice([0.5, 0.35, 0.15])] ?? '',
    member: draw.uniform() < 0.35 ? 'true' : 'false',
  };
}

/** The truth: linear parts, a bend, an interaction and a step. */
export function truth(row: Row): number {
  return (
    -0.35 +
    0.035 * (row.age - 44) +
    0.8 * (Math.log(row.income) - 10.3) -
    0.8 * row.debt +
    0.5 * row.savings -
    0.4 * Math.max(0, row.debt) * row.savings +
    (row.ratio > 0.55 ? -0.8 : 0) +
    (row.country === 'IT' ? 0.7 : 0) +
    (row.member === 'true' ? 0.5 : 0)
  );
}

/** What the deployed model makes of the fed row; it knows the truth well, coarsely, or hardly. */
function modelIndex(fed: Fed, kind: ModelKind): number {
  const row: Row = {
    age: fed.age ?? 44,
    income: Math.max(1, fed.income ?? 30_000),
    temperature: fed.temperature ?? 18,
    ratio: fed.ratio ?? 0.4,
    debt: fed.debt ?? 0,
    savings: fed.savings ?? 0,
    visits: fed.visits ?? 3,
    country: fed.country ?? 'DE',
    device: fed.device ?? 'web',
    member: fed.member ?? 'false',
  };
  if (kind === 'calibrated') return truth(row);
  if (kind === 'weak') return 0.25 * row.savings + 0.01 * (row.age - 44);
  const byDebt = row.debt < -0.5 ? 0.9 : row.debt < 0.6 ? 0.1 : -1;
  const byAge = row.age > 50 ? 0.45 : row.age < 38 ? -0.5 : 0;
  return byDebt + byAge + (row.income > 32_000 ? 0.35 : -0.35) + (row.ratio > 0.5 ? -0.5 : 0.1);
}

const logistic = (index: number): number => 1 / (1 + Math.exp(-index));

interface Drawn {
  readonly fed: Fed;
  readonly label: number;
  readonly index: number;
}

/** Reference and current tables of a world in which exactly `change` happened. */
export function simulate(spec: WorldSpec, change: Change): { reference: Table; current: Table } {
  const draw = draws(spec.seed);
  const reference = drawTable(spec, draw, {}, spec.rows.reference, 1);
  const current = drawTable(spec, draw, change, spec.rows.current, spec.labelled ?? 1);
  return { reference, current };
}

function drawTable(spec: WorldSpec, draw: Draws, change: Change, rows: number, labelled: number): Table {
  const drawn: Drawn[] = [];
  while (drawn.length < rows) {
    const plain = drawRow(draw);
    const row = change.inputs?.(plain, draw) ?? plain;
    const index = change.concept?.(truth(row), row) ?? truth(row);
    const label =
      spec.task === 'regression'
        ? 50 + 10 * index + 8 * draw.normal()
        : Number(draw.uniform() < logistic(index));
    if (change.keep !== undefined && draw.uniform() >= change.keep(label)) continue;
    const fed = change.pipeline?.(row, draw) ?? row;
    drawn.push({ fed, label, index: modelIndex(fed, spec.model) });
  }
  return toTable(spec.task, drawn, () => draw.uniform() < labelled);
}

const NUMERIC = ['age', 'income', 'temperature', 'ratio', 'debt', 'savings', 'visits'] as const;
const LEVELS = ['country', 'device', 'member'] as const;

function toTable(task: Task, drawn: readonly Drawn[], hasLabel: () => boolean): Table {
  const features: Column[] = [
    ...NUMERIC.map((name) =>
      numeric(
        name,
        drawn.map(({ fed }) => fed[name]),
      ),
    ),
    ...LEVELS.map((name) =>
      levels(
        name,
        drawn.map(({ fed }) => fed[name]),
      ),
    ),
  ];
  const isRegression = task === 'regression';
  const classOf = (yes: boolean): string => (yes ? 'approve' : 'deny');
  const labels = drawn.map(({ label }) => (hasLabel() ? label : null));
  return {
    rows: drawn.length,
    features,
    prediction: isRegression
      ? numeric(
          'prediction',
          drawn.map(({ index }) => 50 + 10 * index),
        )
      : levels(
          'prediction',
          drawn.map(({ index }) => classOf(index > 0)),
        ),
    score: isRegression
      ? null
      : numeric(
          'score',
          drawn.map(({ index }) => logistic(index)),
        ),
    label: isRegression
      ? numeric('label', labels)
      : levels(
          'label',
          labels.map((label) => (label === null ? null : classOf(label === 1))),
        ),
    timestampMs: null,
    predictionId: null,
  };
}

export function numeric(name: string, values: readonly (number | null)[]): Column & { kind: 'numeric' } {
  return {
    name,
    kind: 'numeric',
    values: Float64Array.from(values, (value) => value ?? Number.NaN),
    invalid: 0,
  };
}

export function levels(name: string, values: readonly (string | null)[]): Column & { kind: 'categorical' } {
  const known = [...new Set(values.filter((value) => value !== null))].sort();
  const codeOf = new Map(known.map((level, code) => [level, code]));
  const codes = Int32Array.from(values, (value) => (value === null ? -1 : (codeOf.get(value) ?? -1)));
  return { name, kind: 'categorical', codes, levels: known, invalid: 0 };
}
