import { expect, it } from 'vitest';
import type { VersionsAsked } from '../../src/api/api-deps.ts';
import { compareVersions } from '../../src/compare/compare-versions.ts';
import { DEFAULT_OPERATIONAL } from '../../src/core/operational.ts';
import { fail, ok } from '../../src/core/result.ts';
import { OperationalProfile } from '../../src/stats/profile/operational-profile.ts';
import { testApi } from './fakes.ts';

const operation = new OperationalProfile();
for (const latencyMs of [10, 20, 30]) operation.add({ latencyMs }, 1);
const version = (name: string) => ({
  version: name,
  state: 'active' as const,
  sizeBytes: 1_000,
  windows: 1,
  seconds: 3_600,
  operation,
  quality: null,
  groups: new Map(),
});

it('versions are compared over the stretch of time and to the base that were asked for', async () => {
  const asked: [string, VersionsAsked][] = [];
  const { app } = testApi({
    compareVersions: async (model, request) => {
      asked.push([model, request]);
      return ok({
        model,
        size_ms: 3_600_000,
        size_rows: null,
        from: '2026-03-01T00:00:00.000Z',
        to: '2026-03-02T00:00:00.000Z',
        ...compareVersions([version('1'), version('2')], 'accuracy', DEFAULT_OPERATIONAL, request.base),
      });
    },
  });
  const url = '/api/v1/models/risk/versions/compare?from=2026-03-01T00:00:00Z&to=2026-03-02T00:00:00Z&base=2';
  const reply = await app.inject(url);
  expect(reply.statusCode, reply.body).toBe(200);
  expect(asked).toEqual([['risk', { fromMs: Date.UTC(2026, 2, 1), toMs: Date.UTC(2026, 2, 2), base: '2' }]]);
  const { base, versions } = reply.json<{ base: string; versions: Record<string, unknown>[] }>();
  expect(base).toBe('2');
  expect(versions[0]).toMatchObject({
    version: '1',
    metrics: {
      latency_p50_ms: { value: 20.125, bound: 0.125, interval: null },
      size_bytes: { value: 1_000 },
    },
    differences: { size_bytes: { difference: 0 } },
  });
  expect(versions[1]).not.toHaveProperty('differences');
});

it.each([
  ['unknown_model', 404],
  ['unknown_version', 404],
  ['too_many_windows', 400],
] as const)('%s is answered with %i', async (reason, status) => {
  const { app } = testApi({ compareVersions: async () => fail({ reason, detail: 'why' }) });
  const reply = await app.inject('/api/v1/models/risk/versions/compare');
  expect([reply.statusCode, reply.json<{ detail: string }>().detail]).toEqual([status, 'why']);
});
