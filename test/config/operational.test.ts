import { describe, expect, it } from 'vitest';
import { byteSize, byteSizeText } from '../../src/config/byte-size.ts';
import { DEFAULT_OPERATIONAL } from '../../src/core/operational.ts';
import { configOf } from './example.ts';

const model = async (keys: string) => {
  const config = await configOf(`models: [{ name: m, task: classification, ${keys} }]`);
  return config.models[0];
};

describe('operational limits', () => {
  it('are what the file says, with defaults for the rest', async () => {
    const spec = await model(
      `operational: { latency_p95_ms: { max: 200 }, throughput_per_s: { min: 0.5 }, size: { max: 400MB } },
       versions: { "3": { size_bytes: 120000000 }, quantised: { size_bytes: 1.5 MiB }, old: {} }`,
    );
    expect(spec?.operational).toEqual({
      ...DEFAULT_OPERATIONAL,
      limits: { latency_p95_ms: { max: 200 }, throughput_per_s: { min: 0.5 } },
      maxSizeBytes: 400e6,
    });
    expect(spec?.versionSizes).toEqual({ '3': 120e6, quantised: 1.5 * 2 ** 20 });
    expect((await model('min_rows: 5'))?.operational).toBeUndefined();
  });

  it.each([
    ['operational: { latency_p90_ms: { max: 1 } }', 'latency_p90_ms'],
    ['operational: { latency_p95_ms: { min: 1 } }', 'min'],
    ['operational: { latency_p95_ms: {} }', 'max'],
    ['operational: { error_rate: { max: 2 } }', 'error_rate.max'],
    ['operational: { throughput_per_s: {} }', 'expected min, max or both'],
    ['operational: { throughput_per_s: { min: 3, max: 2 } }', 'min must be below max'],
    ['operational: { size: { max: heavy } }', 'size'],
    ['versions: { "1": { size_bytes: 0 } }', 'size_bytes'],
  ])('%s is a mistake', async (keys, named) => {
    await expect(model(keys)).rejects.toThrow(named);
  });
});

describe('a size', () => {
  it('is a number and a unit', () => {
    expect(['120MB', '1.5 GiB', '7B', '2kB'].map(byteSize)).toEqual([120e6, 1.5 * 2 ** 30, 7, 2_000]);
    expect(['', '120', 'MB', '-1MB', '1mb', '1e3MB'].map(byteSize)).toEqual(
      [...Array(6).keys()].map(() => null),
    );
    expect([120_400_000, 999, 1_000, 2.5e9].map(byteSizeText)).toEqual(['120 MB', '999 B', '1 kB', '2.5 GB']);
  });
});
