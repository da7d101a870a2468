/** A column of which a part is in its place, and one that goes less closely with the others in every row. */
import { describe, expect, test } from 'vitest';
import type { Diagnosis } from '../../../../src/core/findings.ts';
import { draws } from '../../../../src/simulate/draws.ts';
import type { Draws } from '../../../../src/simulate/draws.ts';
import { judge } from '../../judge.ts';
import { tableOf } from '../../tables.ts';

interface Job {
  readonly words: number;
  readonly hours: number;
  readonly rate: number;
  readonly fee: number;
}

function jobOf(draw: Draws, noise = 0.12): Job {
  const words = Math.exp(5 + draw.normal());
  const rate = 0.1 + 0.05 * draw.uniform();
  return {
    words,
    hours: words * Math.exp(0.4 * draw.normal()),
    rate,
    fee: words * rate * Math.exp(noise * draw.normal()),
  };
}

function judged(seed: number, change: (jobs: readonly Job[], draw: Draws) => readonly Job[]): Diagnosis {
  const draw = draws(seed);
  const side = (jobs: readonly Job[]): ReturnType<typeof tableOf> =>
    tableOf({
      features: {
        words: jobs.map(({ words }) => words),
        hours: jobs.map(({ hours }) => hours),
        rate: jobs.map(({ rate }) => rate),
        fee: jobs.map(({ fee }) => fee),
      },
    });
  const drawn = (rows: number): Job[] => Array.from({ length: rows }, () => jobOf(draw));
  return judge('classification', {
    reference: side(drawn(5_000)),
    current: side(change(drawn(2_000), draw)),
  });
}

describe('a column of which', () => {
  test('two rows in five are joined to other rows is claimed, with that share', () => {
    const { verdict, faults } = judged(1, (jobs, draw) =>
      jobs.map((job) =>
        draw.uniform() < 0.4 ? { ...job, fee: jobs[Math.floor(draw.uniform() * jobs.length)]!.fee } : job,
      ),
    );
    expect(verdict).toBe('data_fault');
    expect(faults).toMatchObject([{ fault: 'misaligned_join', feature: 'fee' }]);
    expect(faults[0]?.share).toBeCloseTo(0.4, 1);
  });

  test('every row goes with the others less closely is not', () => {
    for (const seed of [2, 3, 4]) {
      const { faults } = judged(seed, (jobs, draw) => {
        const looser = jobs.map(({ fee }) => Math.log(fee) + draw.normal());
        // The same fees, in another order.
        const fees = jobs.map(({ fee }) => fee).sort((a, b) => a - b);
        const order = [...looser.keys()].sort((a, b) => looser[a]! - looser[b]!);
        const of = new Map(order.map((row, at) => [row, fees[at]!]));
        return jobs.map((job, row) => ({ ...job, fee: of.get(row)! }));
      });
      expect(faults.filter(({ fault }) => fault === 'misaligned_join')).toEqual([]);
    }
  });
});

test('two columns that have little to do with the others: the one that goes less with all of its witnesses is named', () => {
  const draw = draws(7);
  const drawn = (rows: number, isBroken: boolean): Record<string, number[]> => {
    const rate = Array.from({ length: rows }, () => draw.normal());
    const shift = rate.map((value) => value + 0.3 * draw.normal());
    const kept = shift.map((value) =>
      isBroken && draw.uniform() < 0.5 ? shift[Math.floor(draw.uniform() * rows)]! : value,
    );
    const load = Array.from({ length: rows }, () => draw.normal());
    return {
      rate,
      shift: kept,
      angle: shift.map((value) => 0.4 * value + draw.normal()),
      load,
      volts: load.map((value) => value + 0.5 * draw.normal()),
      amperes: load.map((value) => value + 0.7 * draw.normal()),
    };
  };
  const table = (rows: number, isBroken: boolean): ReturnType<typeof tableOf> =>
    tableOf({ features: drawn(rows, isBroken) });
  const { faults } = judge('classification', { reference: table(6_000, false), current: table(2_500, true) });
  expect(faults).toMatchObject([{ fault: 'misaligned_join', feature: 'shift' }]);
});
