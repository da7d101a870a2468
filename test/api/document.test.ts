import { describe, expect, it } from 'vitest';
import { METRIC_FAMILIES } from '../../src/api/metrics.ts';
import { PROBLEMS } from '../../src/api/problem.ts';
import { MAX_EVENTS_BYTES } from '../../src/api/routes/events.ts';
import { DOCUMENT } from './document.ts';
import { testApi } from './fakes.ts';

describe('docs/api.md', () => {
  it('names every route of the API, and no other', async () => {
    const reply = await testApi().app.inject('/api/v1/openapi.json');
    const { paths } = reply.json<{ paths: Record<string, object> }>();
    const routes = Object.keys(paths).filter((path) => path.startsWith('/api/v1/'));
    const reading = DOCUMENT.split('## Reading')[1]?.split('\n## ')[0] ?? '';
    const named = [...reading.matchAll(/`(?:GET )?(?:\/api\/v1)?(\/[a-z-]+(?:\/[a-z{}]+)*)`/g)].map(
      ([, path]) => `/api/v1${path}`,
    );
    const elsewhere = [
      '/api/v1/events',
      '/api/v1/retrains/{id}/status',
      '/api/v1/retrains/{id}/approve',
      '/api/v1/retrains/{id}/reject',
      '/api/v1/deliveries/{id}/replay',
      '/api/v1/endpoints/{name}/enable',
    ];
    expect(new Set([...named, ...elsewhere])).toEqual(new Set(routes));
  });

  it('explains every problem with its status', () => {
    const rows = Object.entries(PROBLEMS).map(([name, { status }]) => `| \`${name}\` | ${status} |`);
    expect(rows.filter((row) => !DOCUMENT.includes(row))).toEqual([]);
  });

  it('explains every metric with its labels', () => {
    const rows = METRIC_FAMILIES.map(
      ({ name, labels }) => `| \`${name}\` | ${labels.map((label) => `\`${label}\``).join(', ')} |`,
    );
    expect(rows.filter((row) => !DOCUMENT.includes(row))).toEqual([]);
    const named = [...DOCUMENT.matchAll(/^\| `(shiftwatch_\w+)`/gm)].map(([, name]) => name);
    expect(new Set(named)).toEqual(
      new Set([...METRIC_FAMILIES.map(({ name }) => name), 'shiftwatch_database_up']),
    );
  });

  it('states the limits that hold', () => {
    expect(DOCUMENT).toContain(`${MAX_EVENTS_BYTES / 1024 / 1024} MiB`);
  });
});
