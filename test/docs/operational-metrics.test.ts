import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { DEFAULT_OPERATIONAL, OPERATIONAL_METRICS } from '../../src/core/operational.ts';
import { VERSION_METRICS } from '../../src/core/version-comparison.ts';
import { BUCKETS_PER_OCTAVE } from '../../src/stats/profile/log-histogram.ts';
import { MAX_ERROR_NAMES } from '../../src/stats/profile/operational-profile.ts';
import { configOf } from '../config/example.ts';

const read = (name: string): string => readFileSync(join(import.meta.dirname, '../../docs', name), 'utf8');
const document = read('operational-metrics.md');

it('docs/operational-metrics.md has a configuration that works, and names every limit', async () => {
  const example = /```yaml\n(.*?)```/s.exec(document)?.[1] ?? '';
  const [spec] = (await configOf(example)).models;
  expect(spec?.operational?.limits.latency_p95_ms).toEqual({ max: 200 });
  expect(spec?.versionSizes?.['3-int8']).toBe(120e6);
  for (const metric of OPERATIONAL_METRICS) expect(document).toContain(`\`${metric}\``);
});

it('its numbers are those of the code', () => {
  expect(1 / (2 * BUCKETS_PER_OCTAVE)).toBeLessThan(0.008);
  expect(MAX_ERROR_NAMES).toBe(32);
  const { minChange, baselineWindows } = DEFAULT_OPERATIONAL;
  const configuration = read('configuration.md');
  expect(configuration).toContain(`| \`operational.min_change\` | \`${minChange}\` |`);
  expect(configuration).toContain(`| \`operational.baseline_windows\` | \`${baselineWindows}\` |`);
});

it('versions are compared in every operational metric', () => {
  expect(
    OPERATIONAL_METRICS.filter((metric) => !(VERSION_METRICS as readonly string[]).includes(metric)),
  ).toEqual([]);
});
