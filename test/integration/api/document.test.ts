import type { Pool } from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createRetrainCallback } from '../../../src/act/retrain/callback.ts';
import { signatureHeaders, webhookKey } from '../../../src/act/webhook/signature.ts';
import type { App } from '../../../src/api/app.ts';
import { createApi } from '../../../src/api/create-api.ts';
import { silentLog } from '../../../src/core/log.ts';
import { fail } from '../../../src/core/result.ts';
import { DEFAULT_DECODE_LIMITS } from '../../../src/decode/limits.ts';
import { createListDays } from '../../../src/pipeline/history/list-days.ts';
import { createInspections } from '../../../src/pipeline/inspect/inspections.ts';
import { createAcceptEvents } from '../../../src/pipeline/intake/accept-events.ts';
import { incidentDesk } from '../../../src/pipeline/incidents/incident-desk.ts';
import { alertDesks } from '../../../src/pipeline/messages/alert-desks.ts';
import { ModelCatalog } from '../../../src/pipeline/windows/model-catalog.ts';
import { createRetrainReports } from '../../../src/pipeline/retrain/reports.ts';
import { createPool } from '../../../src/store/connection/pool.ts';
import { createReadModels } from '../../../src/store/read-models.ts';
import { SegmentRegistry } from '../../../src/window/segments.ts';
import { type Example, examples } from '../../api/document.ts';
import { NOW_MS, seed } from '../../api/seed.ts';
import { configOf } from '../../cli/operations.ts';
import { noLogins } from '../../api/fakes.ts';
import { createDatabase } from '../../harness/database/database.ts';
import { describeWith } from '../../harness/describe-with.ts';

const SECRET = 'whsec_c2hpZnR3YXRjaC1leGFtcGxlLXNlY3JldC0wMDAx';

describeWith(['postgres'], 'the requests in docs/api.md', () => {
  let pool: Pool;
  let app: App;

  beforeAll(async () => {
    const { url } = await createDatabase('api_document');
    pool = createPool({ connectionString: url, max: 4, applicationName: 'test', log: silentLog });
    await seed(pool);
    const config = await configOf('');
    const catalog = await ModelCatalog.open(pool, config.models);
    app = createApi({
      listenHost: '127.0.0.1',
      version: '0.1.0',
      readModels: createReadModels(pool),
      ...noLogins,
      verifyToken: null,
      acceptEvents: createAcceptEvents({
        pool,
        catalog,
        segments: new SegmentRegistry(),
        limits: DEFAULT_DECODE_LIMITS,
        reevaluateAfterMs: 3_600_000,
      }),
      retrainCallback: createRetrainCallback(
        createRetrainReports({ pool, catalog, log: silentLog }),
        () => SECRET,
      ),
      decideRun: async () => fail({ reason: 'unknown_run', detail: '' }),
      ...alertDesks(pool, catalog),
      ...incidentDesk(pool, catalog),
      exportLabelled: async () => fail('unknown_model'),
      replayDelivery: async () => fail('unknown'),
      enableEndpoint: async () => [],
      acceptBaseline: async () => fail({ reason: 'unknown_model', detail: 'not asked here' }),
      runComparison: async () => fail('not asked here'),
      listDays: createListDays(pool),
      inspections: createInspections(pool, [], createListDays(pool)),
      compareVersions: async () => fail({ reason: 'unknown_model', detail: 'not asked here' }),
      replayDeadLetters: async () => ({
        accepted: 0,
        duplicates: 0,
        stillDead: [],
        truncated: 0,
        withheld: 0,
      }),
      explainConfiguration: () => ({ file: 'shiftwatch.yaml', entries: [] }),
      live: { listen: () => () => undefined },
      mailStops: { addressOf: async () => null, stop: async () => {} },
      liveness: () => ({ alive: true, reason: null }),
      clock: { nowMs: () => NOW_MS },
      log: silentLog,
    });
  });

  afterAll(async () => {
    await app.close();
    await pool.end();
  });

  it.each(examples())('$method $url is answered as printed', async (example) => {
    const { method, url, payload, answer } = example;
    const reply = await app.inject({
      method,
      url,
      headers: headersOf(example),
      ...(method === 'POST' ? { payload } : {}),
    });
    expect(reply.json()).toEqual(JSON.parse(answer));
  });

  it('are all there', () => {
    expect(examples()).toHaveLength(6);
  });
});

/** With the signature that the document leaves out. */
function headersOf({ headers, payload }: Example): Record<string, string> {
  if (headers['webhook-id'] === undefined) return { ...headers };
  const key = webhookKey(SECRET);
  if (!key.ok) throw new Error(key.error);
  const atMs = Number(headers['webhook-timestamp']) * 1_000;
  return { ...headers, ...signatureHeaders(key.value, headers['webhook-id'], atMs, payload) };
}
