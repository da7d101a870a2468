/** What a baseline learns of its own windows is what `compare` learns of its reference. */
import { describe, expect, it } from 'vitest';
import { compareProfiles } from '../../src/compare/compare-profiles.ts';
import { openWindows, referenceWindowsOf, storedWindows } from '../../src/compare/overdispersion.ts';
import { HOUR_MS } from '../../src/core/clock.ts';
import { ownWindows } from '../../src/pipeline/evaluate/own-windows.ts';
import { createRandom } from '../../src/stats/random.ts';
import { takeRows } from '../../src/stats/table/sample-rows.ts';
import { profileTable } from '../../src/stats/table/table-profile.ts';
import { buildReference } from '../../src/stats/table/table-reference.ts';
import { levelColumn, numericColumn, tableOf } from '../stats/profile/rows.ts';

const MODEL = { task: 'classification', positiveClass: null } as const;
const SIZES = { windows: [{ sizeMs: HOUR_MS, graceMs: 0, acceptLateMs: 0 }] };

/** Hours that differ from each other, rows in no order; one row has no time. */
function table(hours: number) {
  const random = createRandom(hours);
  const rows = 60 * hours;
  const each = <T>(value: (row: number) => T): T[] => Array.from({ length: rows }, (_, row) => value(row));
  return tableOf(
    [
      numericColumn(
        'load',
        each((row) => random() + ((row % hours) % 5) / 5),
      ),
      levelColumn(
        'plan',
        each(() => (random() < 0.3 ? 'a' : 'b')),
      ),
    ],
    {
      prediction: levelColumn(
        'prediction',
        each((row) => (row % 3 === 0 ? 'a' : 'b')),
      ),
      timestampMs: Float64Array.from(
        each((row) => (row === 7 ? Number.NaN : (row % hours) * HOUR_MS + Math.floor(row / hours) * 1_000)),
      ),
    },
  );
}

describe('own windows', () => {
  it('are those of the reference, by time', () => {
    const training = table(24);
    const reference = buildReference(training, MODEL);
    const own = ownWindows(training, reference, SIZES).get(HOUR_MS);
    if (own === undefined) throw new Error('there are 24 of them');
    expect(own.label).toEqual({ bins: [], counts: [] });
    const cut = Array.from({ length: 24 }, (_, hour) =>
      Int32Array.from(training.timestampMs!.keys()).filter((row) => row !== 7 && row % 24 === hour),
    );
    const counted = cut.map((rows) => ({
      input: profileTable(takeRows(training, rows), reference).input,
      labels: null,
    }));
    expect(own).toEqual(storedWindows(referenceWindowsOf(counted), own.startsMs));
    const { input } = profileTable(takeRows(training, cut[0]!), reference);
    const [load] = compareProfiles(reference, input, null, {
      referenceWindows: openWindows(own, HOUR_MS, 'UTC'),
    }).features;
    expect(load?.overdispersion).toMatchObject({ windows: 24 });
    expect(load?.overdispersion?.factor).toBeGreaterThan(2);
  });

  it('are none of too few, without times, and of windows of so many rows', () => {
    const training = table(24);
    const reference = buildReference(training, MODEL);
    const few = table(6);
    expect(ownWindows(few, buildReference(few, MODEL), SIZES).size).toBe(0);
    expect(ownWindows({ ...training, timestampMs: null }, reference, SIZES).size).toBe(0);
    const byRows = { windows: [{ ...SIZES.windows[0]!, rows: 500 }] };
    expect(ownWindows(training, reference, byRows).size).toBe(0);
  });

  it('are eight weeks of hours of more', () => {
    const training = table(1_400);
    const own = ownWindows(training, buildReference(training, MODEL), SIZES).get(HOUR_MS);
    expect(own?.features.get('load')?.counts).toHaveLength(1_344);
    expect(own?.startsMs).toHaveLength(1_344);
  });
});
