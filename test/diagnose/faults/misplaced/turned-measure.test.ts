import { expect, test } from 'vitest';
import {
  hiddenSuspects,
  restoredSuspects,
} from '../../../../src/diagnose/faults/misplaced/hidden-suspects.ts';
import { sortColumns } from '../../../../src/diagnose/faults/sorted-pair.ts';
import { pairSamples } from '../../../../src/diagnose/samples/row-samples.ts';
import { draws } from '../../../../src/simulate/draws.ts';
import { tableOf } from '../../tables.ts';

/** Caps, stems and weights go with each other; firmer ones are smaller. It lies evenly about its middle. */
function mushrooms(seed: number, rows: number, turn: (firmness: number) => number, goes: number) {
  const draw = draws(seed);
  const drawn = Array.from({ length: rows }, () => {
    const size = draw.normal();
    const firmness = Math.round(10 * (65 + 10 * (-0.8 * size + 0.6 * draw.normal()))) / 10;
    const others = [0.9, 0.8, 0.7, 0.6].map(
      (share, at) => (at < 3 ? 1 : goes) * share * size + draw.normal(),
    );
    return { firmness: turn(firmness), others };
  });
  const of = (at: number): number[] => drawn.map(({ others }) => others[at]!);
  return tableOf({
    features: {
      firmness: drawn.map(({ firmness }) => firmness),
      cap: of(0),
      stem: of(1),
      weight: of(2),
      days: of(3),
    },
  });
}

test('a measure that is turned round is told by all that goes with it, and by no less', () => {
  const found = (turn: (firmness: number) => number, goes = 1) => {
    const samples = pairSamples(
      mushrooms(1, 6_000, (x) => x, 1),
      mushrooms(2, 1_200, turn, goes),
    );
    const times = { referenceMs: null, currentMs: null };
    return restoredSuspects(hiddenSuspects(samples.features, sortColumns(samples.features), times)).map(
      ([first]) => first,
    );
  };
  const turned = (x: number): number => Math.round(10 * (131.4 - x)) / 10;
  expect(found(turned)).toMatchObject([{ kind: 'flip', features: ['firmness'] }]);
  expect(found((x) => x)).toEqual([]);
  // One of the four goes with it as it did: then it is these three that changed.
  expect(found(turned, -1)).toEqual([]);
});
