import { describe, expect, it } from 'vitest';
import { takeRows } from '../../src/stats/table/sample-rows.ts';
import { compareProfiles } from '../../src/compare/compare-profiles.ts';
import { compareOperation } from '../../src/compare/operation/operational.ts';
import { DEFAULT_OPERATIONAL } from '../../src/core/operational.ts';
import type { OperationalSpec } from '../../src/core/operational.ts';
import { OperationalProfile } from '../../src/stats/profile/operational-profile.ts';
import { coarsenReference } from '../../src/stats/profile/coarsen.ts';
import { InputProfile } from '../../src/stats/profile/input-profile.ts';
import { decodeReference, encodeReference } from '../../src/stats/profile/reference-codec.ts';
import { createRandom } from '../../src/stats/random.ts';
import { buildReference } from '../../src/stats/table/table-reference.ts';
import { tableOf } from '../stats/profile/rows.ts';

interface World {
  readonly rows?: number;
  readonly scale?: number;
  readonly errors?: number;
  readonly cost?: number;
  readonly seed?: number;
}

/** Exponential latencies around 20 ms times the scale, a constant cost, errors by chance. */
function world({
  rows = 2_000,
  scale = 1,
  errors = 0.01,
  cost = 0.001,
  seed = 1,
}: World = {}): OperationalProfile {
  const random = createRandom(seed);
  const profile = new OperationalProfile();
  for (let row = 0; row < rows; row++) {
    profile.add(
      {
        latencyMs: -20 * scale * Math.log(1 - random()),
        cost,
        energyJ: 0.5 + random(),
        error: random() < errors ? 'timeout' : null,
      },
      1,
    );
  }
  return profile;
}

const options = (spec: Partial<OperationalSpec> = {}, seconds: number | null = 3_600) => ({
  spec: { ...DEFAULT_OPERATIONAL, ...spec },
  minRows: 200,
  q: 0.0003,
  seconds,
});

describe('operation against a reference', () => {
  it('finds every figure that became worse by more than the floor, and says each in words', () => {
    const found = compareOperation(
      world({ rows: 5_000 }),
      world({ scale: 1.5, errors: 0.05, cost: 0.002, seed: 2 }),
      options(),
    );
    expect(found?.breaches.map(({ metric, kind }) => `${kind} ${metric}`)).toEqual([
      'drift latency_p50_ms',
      'drift latency_p95_ms',
      'drift latency_p99_ms',
      'drift latency_mean_ms',
      'drift cost_per_prediction',
      'drift error_rate',
    ]);
    expect(found?.energy_j?.mean.drifted).toBe(false);
    expect(found?.breaches[4]?.claim).toBe('cost of a prediction is 0.002, in the reference 0.001');
    expect(found?.errors?.[0]?.error).toBe('timeout');
  });

  it('raises a false alarm in at most one of a thousand healthy windows', () => {
    const reference = world({ rows: 5_000, seed: 500 });
    const alarms = Array.from({ length: 300 }, (_, seed) =>
      compareOperation(reference, world({ rows: 600, seed: seed + 1 }), options({ minChange: 0 })),
    ).filter((found) => (found?.breaches.length ?? 1) > 0).length;
    // Three of 300 would happen once in 270 runs at one in a thousand.
    expect(alarms).toBeLessThan(3);
  });

  it('calls an improvement a drift, and no breach', () => {
    const found = compareOperation(world({ rows: 5_000 }), world({ scale: 0.5, seed: 2 }), options());
    expect(found?.latency_ms?.p95.drifted).toBe(true);
    expect(found?.breaches).toEqual([]);
  });

  it('calls no change a drift that is below the floor, however many rows show it', () => {
    const before = world({ rows: 200_000, cost: 0.001 });
    const now = world({ rows: 200_000, cost: 0.00105, seed: 2 });
    const cost = compareOperation(before, now, options())?.cost?.mean;
    expect(cost?.p_value).toBeLessThan(1e-6);
    expect(cost?.drifted).toBe(false);
    expect(compareOperation(before, now, options({ minChange: 0.03 }))?.cost?.mean.drifted).toBe(true);
  });

  it('tests nothing with too few rows, and the 99th percentile only where ten rows lie beyond', () => {
    const few = compareOperation(world(), world({ rows: 199, scale: 9, seed: 2 }), options());
    expect(few?.latency_ms?.p50).toMatchObject({ p_value: null, drifted: false });
    expect(few?.error_rate?.p_value).toBeNull();
    expect(few?.latency_ms?.p50.reference).toBeGreaterThan(0);
    const some = compareOperation(world(), world({ rows: 900, scale: 9, seed: 2 }), options());
    expect([some?.latency_ms?.p99.p_value, some?.latency_ms?.p95.drifted]).toEqual([null, true]);
  });
});

describe('a baseline', () => {
  it('of a file that says how predictions were made is a reference, also when it was stored', () => {
    const random = createRandom(3);
    const rows = 1_000;
    const amounts = (name: string, scale: number) =>
      ({
        name,
        kind: 'numeric',
        values: Float64Array.from({ length: rows }, () => scale * random()),
        invalid: 0,
      }) as const;
    const latencyMs = amounts('latency_ms', 40);
    latencyMs.values[0] = Number.NaN;
    const codes = Int32Array.from({ length: rows }, (_, row) => (row < 10 ? 1 : row % 2 === 0 ? 0 : -1));
    const error = {
      name: 'error',
      kind: 'categorical',
      levels: ['false', 'timeout'],
      codes,
      invalid: 0,
    } as const;
    const table = tableOf([amounts('x', 1)], { operation: { latencyMs, cost: null, energyJ: null, error } });
    const task = { task: 'classification', positiveClass: null } as const;
    const stored = decodeReference(encodeReference(coarsenReference(buildReference(table, task), 512)));
    const profile = new InputProfile(stored, 'classification');
    profile.operation.merge(world({ scale: 4 }), 1);
    const found = compareProfiles(stored, profile, null).operational;
    expect(found?.latency_ms?.p50.reference).toBeCloseTo(20, -0.5);
    expect(stored.operation?.latencyMs.n).toBe(rows - 1);
    expect(found?.latency_ms?.p50.drifted).toBe(true);
    expect(found?.error_rate?.reference).toBe(0.01);
    expect(found?.cost?.mean.reference).toBeNull();
    // Taking some of its rows takes how they were made with them.
    const some = takeRows(table, Int32Array.of(0, 1, 20));
    expect([...(some.operation?.latencyMs?.values ?? [])]).toEqual([
      Number.NaN,
      latencyMs.values[1],
      latencyMs.values[20],
    ]);
    expect([...(some.operation?.error?.codes ?? [])]).toEqual([1, 1, 0]);
    // Without the column nothing is known of errors.
    const silent = tableOf([amounts('x', 1)], {
      operation: { latencyMs, cost: null, energyJ: null, error: null },
    });
    expect(buildReference(silent, task).operation?.rows).toBe(0);
    expect(buildReference(tableOf([amounts('x', 1)]), task).operation).toBeNull();
  });
});

describe('operation against limits', () => {
  const limits = {
    latency_p95_ms: { max: 50 },
    latency_mean_ms: { max: 25 },
    error_rate: { max: 0.02 },
    cost_per_prediction: { max: 0.0015 },
    throughput_per_s: { min: 1 },
  };

  it('breaches what is significantly beyond, without any reference', () => {
    const found = compareOperation(null, world({ scale: 1.1, errors: 0.05 }), options({ limits }));
    expect(found?.breaches.map(({ metric, kind, threshold }) => [metric, kind, threshold])).toEqual([
      ['latency_p95_ms', 'threshold', 50],
      ['error_rate', 'threshold', 0.02],
      ['throughput_per_s', 'threshold', 1],
    ]);
    for (const { p_value: p, interval } of found?.breaches ?? []) {
      expect(p).toBeLessThanOrEqual(0.001);
      expect(interval).not.toBeNull();
    }
    expect(found?.breaches[2]?.claim).toBe(
      'throughput is 0.556 predictions a second, below the limit of 1 predictions a second',
    );
  });

  it('holds its peace about a figure that is beyond its limit by chance', () => {
    // The 95th percentile of this law is 59.9 ms.
    const beyond = Array.from({ length: 200 }, (_, seed) =>
      compareOperation(
        null,
        world({ rows: 500, seed: seed + 1 }),
        options({ limits: { latency_p95_ms: { max: 20 * Math.log(20) } } }),
      ),
    );
    expect(beyond.filter((each) => (each?.latency_ms?.p95.current ?? 0) > 59.9).length).toBeGreaterThan(60);
    expect(beyond.filter((each) => (each?.breaches.length ?? 1) > 0).length).toBeLessThan(3);
  });

  it('knows no throughput where rows come from no stretch of time, and says nothing of silent logs', () => {
    expect(compareOperation(null, world(), options({ limits }, null))?.throughput_per_s).toBeUndefined();
    expect(compareOperation(null, new OperationalProfile(), options({}, null))).toBeNull();
    const silent = new OperationalProfile();
    silent.add({}, 1);
    expect(compareOperation(null, silent, options())).toEqual({
      rows: 1,
      throughput_per_s: expect.objectContaining({ current: 1 / 3_600 }),
      error_rate: expect.objectContaining({ current: 0 }),
      breaches: [],
    });
  });
});
