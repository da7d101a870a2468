/** Columns that do by themselves, one stretch after the other, what looks like a fault in one of them. */
import { describe, expect, test } from 'vitest';
import { spellsOf } from '../../../src/diagnose/faults/rows/spells.ts';
import { hadCombs } from '../../../src/diagnose/faults/units/had-combs.ts';
import type { ColumnCells } from '../../../src/diagnose/samples/row-samples.ts';
import { draws } from '../../../src/simulate/draws.ts';
import type { Draws } from '../../../src/simulate/draws.ts';
import type { Table } from '../../../src/core/table.ts';
import { judge } from '../judge.ts';
import { tableOf } from '../tables.ts';

const DAY_MS = 86_400_000;
const HALF_HOUR_MS = DAY_MS / 48;
const START_MS = Date.UTC(2026, 2, 2);
const TRAINS = 8;

interface Plant {
  readonly train: string[];
  readonly hours: number[];
  readonly dose: number[];
  readonly flow: number[];
  readonly timestampMs: number[];
}

/** Eight trains by turns, each half an hour; its dose is set for half a day, and it is cleaned every week or so. */
function plant(draw: Draws, days: number, fromMs: number, doseOf: (u: number) => number): Plant {
  const cleaned = Array.from({ length: TRAINS }, (_, train) => 130.3 + 9.17 * train);
  const sides: Plant = { train: [], hours: [], dose: [], flow: [], timestampMs: [] };
  const dose = Array.from({ length: TRAINS }, () => 0);
  for (let slot = 0; slot < 48 * days; slot++) {
    for (let train = 0; train < TRAINS; train++) {
      if (slot % 24 === 0) dose[train] = doseOf(draw.uniform());
      const ms = fromMs + slot * HALF_HOUR_MS + train * 1_000;
      sides.train.push(`T${train}`);
      sides.hours.push(Math.round(((ms / 3_600_000) % cleaned[train]!) * 10) / 10);
      sides.dose.push(dose[train]!);
      sides.flow.push(100 + 10 * draw.normal());
      sides.timestampMs.push(ms);
    }
  }
  return sides;
}

const usual = (u: number): number => (u < 0.35 ? 2.5 : u < 0.75 ? 3 : 3.5);

function tableFrom({ timestampMs, ...features }: Plant): Table {
  return tableOf({ features, timestampMs });
}

describe('machines by turns', () => {
  test('all at one dose for half a day are eight spells, not two hundred', () => {
    const { train, dose } = plant(draws(1), 40, START_MS, usual);
    const names = [...new Set(train)];
    const of = (values: readonly string[]): Int32Array =>
      Int32Array.from(values, (name) => names.indexOf(name));
    const rows = Int32Array.from({ length: 192 }, (_, row) => row);
    const pair: ColumnCells = {
      kind: 'numeric',
      name: 'dose',
      reference: Float64Array.from(dose),
      current: Float64Array.from(dose).subarray(0, 400),
    };
    const column: ColumnCells = {
      kind: 'levels',
      name: 'train',
      levels: names,
      reference: of(train),
      current: of(train).subarray(0, 400),
    };
    const inTime = Int32Array.from(dose.keys());
    const spells = (columns: readonly ColumnCells[]) =>
      spellsOf(pair, (cell) => cell === 3.5, rows, inTime, columns);
    expect(spells([column])).toBeGreaterThan(8);
    expect(spells([column])).toBeLessThan(24);
    expect(spells([])).toBe(Infinity);
  });

  test('nothing is stuck where more of them have it, and something is where all have it for long', () => {
    const reference = tableFrom(plant(draws(2), 40, START_MS - 40 * DAY_MS, usual));
    const verdictOf = (days: number, doseOf: (u: number) => number) =>
      judge('classification', {
        reference,
        current: tableFrom(plant(draws(3), days, START_MS, doseOf)),
      }).faults.filter(({ feature }) => feature === 'dose');
    let set = 0;
    expect(verdictOf(1, () => (++set > TRAINS && set % 2 === 0 ? 3 : 3.5))).toEqual([]);
    expect(verdictOf(3, () => 3.5)).toMatchObject([{ fault: 'constant_value' }]);
  });

  test('hours since something, which rise by the same half hour, show combs in their own stretches', () => {
    const { hours, timestampMs, flow } = plant(draws(4), 54, START_MS, usual);
    const course = (values: readonly number[]) => ({
      values: Float64Array.from(values),
      timesMs: Float64Array.from(timestampMs),
    });
    const pair = (name: string, values: readonly number[]) => ({
      name,
      reference: Float64Array.from(values).sort(),
      current: Float64Array.from(values).sort(),
    });
    expect(hadCombs(pair('hours', hours), course(hours), DAY_MS)).toBe(true);
    const tenths = flow.map((value) => Math.round(10 * value) / 10);
    expect(hadCombs(pair('flow', tenths), course(tenths), DAY_MS)).toBe(false);
  });
});

test.each([
  ['as it had on two days of the reference is nothing', 20, 0],
  ['as it never had is a lost sign', 1_000, 1],
])('a number that goes the other way round with the others, %s', (_, every, faults) => {
  const draw = draws(6);
  const side = (days: number, fromMs: number, signOf: (day: number) => number): Table => {
    const rows = 400 * days;
    const base = Array.from({ length: rows }, () => draw.normal());
    const beside = (sign: (row: number) => number) =>
      base.map((each, row) => sign(row) * each + 1.2 * draw.normal());
    const same = () => 1;
    return tableOf({
      features: {
        wind: beside((row) => signOf(Math.floor(row / 400))),
        east: beside(same),
        north: beside(same),
        west: beside(same),
      },
      timestampMs: base.map((__, row) => fromMs + (row * DAY_MS) / 400),
    });
  };
  const reference = side(40, START_MS - 40 * DAY_MS, (day) => (day % every === every - 1 ? -1 : 1));
  const said = judge('classification', { reference, current: side(1, START_MS, () => -1) });
  expect(said.faults.filter(({ fault }) => fault === 'sign_flip')).toHaveLength(faults);
});
