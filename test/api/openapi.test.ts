import { describe, expect, it } from 'vitest';
import type { ApiDeps } from '../../src/api/api-deps.ts';
import { ok } from '../../src/core/result.ts';
import { testApi } from './fakes.ts';

interface Document {
  openapi: string;
  paths: Record<
    string,
    Record<string, { operationId?: string; responses: Record<string, unknown>; security?: unknown[] }>
  >;
  components: { schemas: Record<string, unknown> };
}

async function document(): Promise<Document> {
  const reply = await testApi().app.inject('/api/v1/openapi.json');
  expect(reply.headers['content-type']).toContain('application/json');
  return reply.json<Document>();
}

describe('the OpenAPI document', () => {
  it('describes each route of the API with its failures', async () => {
    const { openapi, paths } = await document();
    expect(openapi).toBe('3.1.0');
    const operations = Object.entries(paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
    );
    const described = operations.filter(({ method }) => method !== 'head');
    expect(described).toHaveLength(43);
    for (const { path, operation } of described) {
      expect(operation.operationId, path).toBeTypeOf('string');
      if (path.startsWith('/api/')) expect(Object.keys(operation.responses), path).toContain('4XX');
    }
    const ids = described.map(({ operation }) => operation.operationId);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('resolves every reference in it', async () => {
    const whole = await document();
    const references = JSON.stringify(whole).matchAll(/"\$ref":"#\/components\/schemas\/([^"]+)"/g);
    const names = new Set([...references].map(([, name]) => name ?? ''));
    expect([...names].filter((name) => !(name in whole.components.schemas))).toEqual([]);
    expect(names.size).toBeGreaterThan(15);
  });

  it('says what a body and a failure look like', async () => {
    const { paths, components } = await document();
    const post = JSON.stringify(paths['/api/v1/events']?.['post']);
    expect(post).toContain('application/x-ndjson');
    expect(post).toContain('PredictionEvent');
    expect(post).toContain('application/problem+json');
    expect(JSON.stringify(components.schemas['FeatureComparison'])).toContain('jensen_shannon');
    expect(paths['/api/v1/retrains/{id}/status']?.['post']?.security).toEqual([]);
  });

  it('names the type of each answer', async () => {
    const { paths } = await document();
    const exported: ApiDeps['exportLabelled'] = async () =>
      ok(async (write) => {
        await write(Buffer.from('rows'));
        return { rows: 1, sha256: 'of rows' };
      });
    const { app } = testApi({ exportLabelled: exported });
    const exports = ['jsonl', 'csv', 'parquet'].map(
      (format) => `/api/v1/labelled-data?model=m&format=${format}`,
    );
    const plain = Object.keys(paths).filter(
      (path) => !path.includes('{') && path !== '/api/v1/labelled-data' && path !== '/api/v1/live',
    );
    let answered = 0;
    for (const url of [...plain, ...exports]) {
      const { get } = paths[url.split('?')[0] ?? ''] ?? {};
      const { statusCode, headers } = await app.inject(url);
      if (get === undefined || statusCode !== 200) continue;
      answered += 1;
      const { content = {} } = (get.responses['200'] ?? {}) as { content?: Record<string, unknown> };
      expect(Object.keys(content), url).toContain(headers['content-type']?.split(';')[0]);
    }
    expect(answered).toBeGreaterThan(15);
  });
});
