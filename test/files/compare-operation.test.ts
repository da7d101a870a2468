import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { FileComparison } from '../../src/core/findings.ts';
import type { WindowedComparison } from '../../src/core/windowed-comparison.ts';
import { createRandom } from '../../src/stats/random.ts';
import { fileWith } from '../ingest/table/files.ts';
import { compare } from './compare-run.ts';

/** A model whose latencies, costs and errors are logged beside its one feature; one hour for each 500 rows. */
function served(seed: number, { rows = 1_000, scale = 1, failing = 0.002 } = {}): string {
  const random = createRandom(seed);
  const lines = Array.from({ length: rows }, (_, row) => {
    const time = new Date(Date.UTC(2026, 2, 1) + row * 7_200).toISOString();
    const latency = (-20 * scale * Math.log(1 - random())).toFixed(3);
    const error = random() < failing ? 'timeout' : '';
    return `${random().toFixed(4)},${random() < 0.4 ? 'yes' : 'no'},${latency},${scale / 1_000},${error},${time}`;
  });
  return `x,prediction,latency_ms,cost,error,timestamp\n${lines.join('\n')}\n`;
}

const before = (): string => fileWith('before.csv', served(1, { rows: 4_000 }));
const slow = (): string => fileWith('slow.csv', served(2, { scale: 1.5, failing: 0.04 }));

describe('compare of files that say how predictions were made', () => {
  it('takes these columns for that and not for features, and judges them apart from the data', async () => {
    const { out, said, code } = await compare(before(), slow(), '--json');
    const found = JSON.parse(out) as FileComparison;
    expect(code).toBe(0);
    expect(found.features.map(({ name }) => name)).toEqual(['x']);
    expect(found.diagnosis.verdict).toBe('none');
    const { operational } = found;
    expect(operational?.latency_ms?.p95.reference).toBeCloseTo(60, -1);
    expect(operational?.latency_ms?.p95.interval?.[0]).toBeGreaterThan(70);
    expect(operational?.cost?.mean.current).toBeCloseTo(0.0015, 12);
    expect(operational?.error_rate?.current).toBeGreaterThan(0.02);
    expect(operational?.throughput_per_s).toBeUndefined();
    expect(operational?.breaches.map(({ metric }) => metric)).toEqual([
      'latency_p50_ms',
      'latency_p95_ms',
      'latency_p99_ms',
      'latency_mean_ms',
      'cost_per_prediction',
      'error_rate',
    ]);
    expect(said).toContain('latency_ms, cost, error are read as how predictions were made');
  });

  it('prints them as a table', async () => {
    const { out } = await compare(before(), slow());
    expect(out).toMatch(/OPERATION +REFERENCE +CURRENT +INTERVAL +P/);
    expect(out).toMatch(/cost of a prediction +0.001 +0.0015 .* drift/);
  });

  it('shows them in the page', async () => {
    const page = join(dirname(before()), 'report.html');
    await compare(before(), slow(), '--html', page);
    const written = readFileSync(page, 'utf8');
    expect(written).toContain('<h2>Operation</h2>');
    expect(written).toContain('<li>cost of a prediction is 0.0015, in the reference 0.001</li>');
  });

  it('keeps a feature of such a name that is named as one', async () => {
    const { out, said } = await compare(before(), slow(), '--numeric', 'cost,latency_ms', '--json');
    const found = JSON.parse(out) as FileComparison;
    expect(found.features.map(({ name }) => name)).toEqual(['x', 'latency_ms', 'cost']);
    expect(found.operational?.latency_ms).toBeUndefined();
    expect(found.operational?.error_rate?.drifted).toBe(true);
    expect(said).toContain('error is read');
  });

  it('counts them window by window, with the throughput of each', async () => {
    const { out } = await compare(before(), slow(), '--window', '1h', '--json');
    const { windows } = JSON.parse(out) as WindowedComparison;
    expect(windows.map(({ operational }) => operational?.rows)).toEqual([500, 500]);
    expect(windows[0]?.operational?.throughput_per_s?.current).toBeCloseTo(500 / 3_600, 12);
    expect(windows[1]?.operational?.latency_ms?.p50.drifted).toBe(true);
  });

  it('says nothing where no column does', async () => {
    const plain = (seed: number): string => served(seed).replace(/,latency_ms,cost,error/, ',a,b,c');
    const [a, b] = [fileWith('a.csv', plain(1)), fileWith('b.csv', plain(2))];
    const { out } = await compare(a, b, '--json');
    expect(JSON.parse(out)).not.toHaveProperty('operational');
  });
});
