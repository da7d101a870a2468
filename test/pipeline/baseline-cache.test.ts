import { describe, expect, it } from 'vitest';
import { BaselineCache, OpenBaseline } from '../../src/pipeline/windows/baseline-cache.ts';
import type { Column } from '../../src/core/table.ts';
import type { StoredBaseline } from '../../src/pipeline/windows/baseline-cache.ts';
import { encodeReference } from '../../src/stats/profile/reference-codec.ts';
import { encodeTable } from '../../src/stats/table-codec.ts';
import { takeRows } from '../../src/stats/table/sample-rows.ts';
import { buildReference } from '../../src/stats/table/table-reference.ts';
import { asTable, travellers } from '../integration/evaluate/time-series.ts';

function stored(seed: number, rows = 2_000): StoredBaseline {
  const table = asTable(travellers(seed, rows));
  const reference = buildReference(table, { task: 'classification', positiveClass: 'approve' });
  return { profile: encodeReference(reference), sample: encodeTable(table) };
}

const copy = ({ profile, sample }: StoredBaseline): StoredBaseline => ({
  profile: profile.slice(),
  sample: sample?.slice() ?? null,
});

const sizeOf = ({ profile, sample }: StoredBaseline): number => profile.length + (sample?.length ?? 0);

describe('baselines of a thread', () => {
  it('are one object as long as their bytes are the same', () => {
    const cache = new BaselineCache();
    const bytes = stored(1);
    const first = cache.open(bytes);
    expect(cache.open(copy(bytes))).toBe(first);
    expect(first.ofSegment('country=FR')).toBe(cache.open(copy(bytes)).ofSegment('country=FR'));
    expect(first.ofSegment('country=FR')?.rows?.rows).toBeGreaterThan(500);
    expect(first.ofSegment('country=AT')).toBeNull();
  });

  it('are told apart by their sample, too', () => {
    const cache = new BaselineCache();
    const bytes = stored(1);
    const bare = cache.open({ ...bytes, sample: null });
    expect(cache.open(bytes)).not.toBe(bare);
    expect(bare.rows).toBeNull();
    expect(bare.ofSegment('country=FR')).toBeNull();
  });

  it('are forgotten, the one that was not asked for longest first, when they are too large together', () => {
    const [a, b, c] = [stored(1), stored(2), stored(3)];
    const cache = new BaselineCache(sizeOf(a) + sizeOf(b) + 100);
    const [first, second] = [cache.open(a), cache.open(b)];
    expect(cache.open(a)).toBe(first);
    cache.open(c);
    expect(cache.open(a)).toBe(first);
    expect(cache.open(b)).not.toBe(second);
  });

  it('are let go of where the process holds much', () => {
    const cache = new BaselineCache();
    const bytes = stored(1);
    const first = cache.open(bytes);
    expect(cache.size).toBe(sizeOf(bytes));
    cache.forget();
    expect(cache.size).toBe(0);
    expect(cache.open(bytes)).not.toBe(first);
  });

  it('keep their first segments, and make the others anew', () => {
    const { rows } = new OpenBaseline(stored(1)).ofSegment('country=FR') ?? {};
    const open = new OpenBaseline(stored(1), rows!.rows * rows!.features.length);
    expect(open.ofSegment('country=FR')).toBe(open.ofSegment('country=FR'));
    expect(open.ofSegment('country=DE')).not.toBe(open.ofSegment('country=DE'));
    expect(open.ofSegment('country=DE')).toEqual(open.ofSegment('country=DE'));
  });

  it('keep a segment that all rows are of with the columns of the baseline', () => {
    const table = asTable(travellers(1, 2_000));
    const country = table.features.find(({ name }) => name === 'country')!;
    const unreadable = table.features.find(({ kind }) => kind === 'numeric')!;
    const changed = (column: Column): Column => {
      if (column === unreadable && column.kind === 'numeric')
        return {
          ...column,
          values: column.values.map((value, row) => (row < 3 ? Number.NaN : value)),
          invalid: 3,
        };
      return column === country && column.kind !== 'numeric'
        ? { ...column, codes: column.codes.map(() => 0), levels: ['FR'] }
        : column;
    };
    const inFrance = { ...table, features: table.features.map(changed) };
    const reference = buildReference(inFrance, { task: 'classification', positiveClass: 'approve' });
    const open = new OpenBaseline({ profile: encodeReference(reference), sample: encodeTable(inFrance) }, 0);
    const segment = open.ofSegment('country=FR');
    expect(open.ofSegment('country=FR')).toBe(segment);
    const rows = Int32Array.from({ length: 2_000 }, (_, row) => row);
    const { habits } = open.rows!;
    expect(segment?.rows).toEqual({ ...takeRows(open.rows!, rows), ...(habits !== undefined && { habits }) });
    for (const [at, column] of open.rows!.features.entries()) {
      const own = segment?.rows?.features[at];
      if (column.invalid === 0) expect(own).toBe(column);
      else expect(own).toMatchObject({ name: unreadable.name, invalid: 0 });
    }
  });

  it('one that is too large by itself is kept while it is the newest', () => {
    const cache = new BaselineCache(10);
    const bytes = stored(1);
    expect(cache.open(bytes)).toBe(cache.open(bytes));
  });
});
