import { describe, expect, it } from 'vitest';
import { compareVersions } from '../../src/compare/compare-versions.ts';
import {
  intervalOfDifference,
  type VersionFacts,
  versionFigures,
} from '../../src/compare/version-figures.ts';
import { DEFAULT_OPERATIONAL } from '../../src/core/operational.ts';
import { newcombeInterval } from '../../src/stats/performance/group-rates.ts';
import { wilsonInterval } from '../../src/stats/intervals.ts';
import { OperationalProfile } from '../../src/stats/profile/operational-profile.ts';
import { createRandom } from '../../src/stats/random.ts';

interface Version extends Partial<VersionFacts> {
  readonly latency?: number;
  readonly cost?: number;
}

function version(name: string, { latency = 20, cost = 0.001, ...rest }: Version = {}): VersionFacts {
  const random = createRandom(5);
  const operation = new OperationalProfile();
  for (let row = 0; row < 2_000; row++) {
    operation.add({ latencyMs: -latency * Math.log(1 - random()), cost }, 1);
  }
  return {
    version: name,
    state: 'active',
    sizeBytes: 100e6,
    windows: 2,
    seconds: 7_200,
    operation,
    quality: { task: 'classification', n: 2_000, correct: 1_800 },
    groups: new Map(),
    ...rest,
  };
}

const correct = (n: number) => ({ quality: { task: 'classification', n: 2_000, correct: n } as const });
const named = (versions: readonly VersionFacts[], spec = DEFAULT_OPERATIONAL) =>
  compareVersions(versions, 'accuracy', spec, null);

describe('versions side by side', () => {
  it('are dominated only by who is nowhere worse and somewhere certainly better', () => {
    const dominated = (...versions: VersionFacts[]) =>
      named(versions).versions.map(({ dominated_by: by }) => by.join());
    expect(dominated(version('a'), version('b'))).toEqual(['', '']);
    expect(dominated(version('a'), version('b', { latency: 10 }))).toEqual(['b', '']);
    expect(dominated(version('a'), version('b', { sizeBytes: 20e6 }))).toEqual(['b', '']);
    // One row more right is better, and no evidence.
    expect(dominated(version('a'), version('b', correct(1_801)))).toEqual(['', '']);
    expect(dominated(version('a'), version('b', { latency: 10, ...correct(1_799) }))).toEqual(['', '']);
  });

  it('are chosen by the optimizing metric among those within every limit', () => {
    const all = [
      version('full', { latency: 60, sizeBytes: 480e6, ...correct(1_850) }),
      version('quantised', correct(1_840)),
      version('tiny', { latency: 2, sizeBytes: 1e6, ...correct(1_500) }),
      version('pruned', { latency: 15, ...correct(1_835) }),
    ];
    const limits = { latency_p95_ms: { max: 100 } };
    const found = named(all, { ...DEFAULT_OPERATIONAL, limits, maxSizeBytes: 400e6 });
    expect([found.best, found.as_good]).toEqual(['quantised', ['pruned']]);
    expect(found.versions[0]?.violated.map(({ metric }) => metric)).toEqual(['latency_p95_ms', 'size_bytes']);
    expect(named(all).best).toBe('full');
    expect(named([]).versions).toEqual([]);
  });

  it('have the differences of the base, with Newcombe’s interval for shares', () => {
    const [, b] = named([version('a'), version('b', correct(1_700))]).versions;
    const [low, high] = newcombeInterval(1_700, 2_000, 1_800, 2_000);
    expect(b?.differences?.accuracy?.difference).toBeCloseTo(-0.05, 12);
    expect(b?.differences?.accuracy?.interval?.[0]).toBeCloseTo(low, 12);
    expect(b?.differences?.accuracy?.interval?.[1]).toBeCloseTo(high, 12);
    expect(b?.differences?.accuracy?.p_value).toBeLessThan(0.001);
    expect(b?.differences?.size_bytes).toEqual({ difference: 0, interval: null, p_value: null });
    const figure = { value: 0.5, interval: wilsonInterval(5, 10) };
    expect(intervalOfDifference(figure, { value: 1, interval: null })).toBeNull();
  });

  it('know the error of a regression, and the group that is treated most unlike the others', () => {
    const quality = { task: 'regression', n: 400, sumSquared: 3_600, sumFourth: 97_200 } as const;
    const group = { selected: 30, rows: 100, othersSelected: 500, othersRows: 1_000 };
    const figures = versionFigures(
      version('a', {
        quality,
        groups: new Map([
          ['sex=f', group],
          ['sex=m', { ...group, selected: 48 }],
        ]),
      }),
    );
    expect(figures.rmse?.value).toBe(3);
    // Fourth moment 243 of normal errors with σ = 3: the error of σ is σ/√(2n).
    expect(figures.rmse?.interval?.[1]).toBeCloseTo(3 + (1.96 * 3) / Math.sqrt(800), 2);
    expect(figures.fairness_difference?.value).toBeCloseTo(0.2, 12);
    expect(figures.fairness_difference?.interval?.[0]).toBeGreaterThan(0.05);
    expect(figures.accuracy).toBeUndefined();
  });
});
