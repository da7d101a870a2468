import { expect, test } from 'vitest';
import { fisherMatrix, fisherOf } from '../../../../src/diagnose/faults/rows/fisher.ts';
import { createRandom } from '../../../../src/stats/random.ts';

test('of all pairs at once it is what it is of each, to the last bit', () => {
  const random = createRandom(5);
  for (let size = 0; size < 12; size++) {
    const columns = Array.from({ length: size }, () =>
      Float64Array.from({ length: 101 }, () => (random() - 0.5) / 5),
    );
    const one = columns.flatMap((a, i) => columns.map((b, j) => (i === j ? 0 : fisherOf(a, b))));
    expect([...fisherMatrix(columns)]).toEqual(one);
  }
});
