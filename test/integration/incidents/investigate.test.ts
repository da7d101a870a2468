/** All that is to be seen of an incident, in one answer. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { silentLog } from '../../../src/core/log.ts';
import { resolveByHand } from '../../../src/pipeline/incidents/close-incident.ts';
import { incidentDesk } from '../../../src/pipeline/incidents/incident-desk.ts';
import { investigate } from '../../../src/pipeline/incidents/investigate.ts';
import { ModelCatalog } from '../../../src/pipeline/windows/model-catalog.ts';
import { createPool, type Pool } from '../../../src/store/connection/pool.ts';
import { testApi } from '../../api/fakes.ts';
import { createDatabase } from '../../harness/database/database.ts';
import { describeWith } from '../../harness/describe-with.ts';
import { AlertStory, CLEAN, DRIFT, START_MS } from '../alert-story.ts';

const ANN = { author: 'ann', comment: 'the feed is back' };

describeWith(['postgres'], 'an investigation', () => {
  let pool: Pool;
  beforeAll(async () => {
    const { url } = await createDatabase('investigate');
    pool = createPool({ connectionString: url, max: 4, applicationName: 'test', log: silentLog });
  });
  afterAll(async () => await pool.end());

  test('says what its messages say, with pictures, story, neighbours and what else happened', async () => {
    const [story, other] = [await AlertStory.begin(pool, 'a'), await AlertStory.begin(pool, 'b')];
    const moved = Array.from({ length: 14 }, (_, i) => `f${i}`);
    await story.hour({ types: ['covariate_shift'], moved, way: 'up' });
    const first = await story.alertId();
    await other.hour(DRIFT);
    const how = { catalog: story.catalog, timeZone: 'UTC', nowMs: story.nowMs };
    const open = await investigate(pool, first, how);
    expect(open).toMatchObject({
      alert: { id: first, state: 'firing' },
      headline: {
        what: 'Alert: covariate shift',
        since: new Date(START_MS).toISOString(),
        sure: 0.99,
        todo: { title: 'Watch' },
      },
      verdict: { judged_windows: 1, diagnosis: { verdict: 'covariate_shift' } },
      more_features: 2,
      story: [{ kind: 'firing', says: 'enough windows in a row showed a shift' }],
      neighbours: { previous: null, next: null },
      meanwhile: { incidents: [{ model: 'b' }], annotations: [] },
      actions: ['acknowledge', 'snooze', 'silence', 'expected', 'resolve'],
    });
    expect(open?.headline.says).toMatch(/^Covariate shift of f0.* since 1 Mar 00:00, 99 % sure: watch\.$/);
    expect(open?.features).toHaveLength(12);
    expect(open?.features[0]?.counts?.current).toEqual([50, 100, 350]);

    await resolveByHand(pool, story.catalog, first, ANN, story.nowMs);
    for (const shown of [CLEAN, DRIFT]) await story.hour(shown);
    const second = await story.alertId();
    expect((await investigate(pool, first, how))?.neighbours).toEqual({ previous: null, next: second });
    expect((await investigate(pool, second, how))?.neighbours).toEqual({ previous: first, next: null });
    expect(await investigate(pool, first, how)).toMatchObject({
      headline: { what: 'Resolved by hand' },
      facts: expect.arrayContaining([{ label: 'Comment', value: 'the feed is back' }]) as unknown,
      story: [{}, { kind: 'resolved_by_hand', says: 'somebody said so' }],
      actions: ['silence', 'expected'],
    });
    // What it was stays to be seen once windows show nothing of it.
    for (const shown of [CLEAN, CLEAN]) await story.hour(shown);
    const over = await investigate(pool, second, how);
    expect(over).toMatchObject({
      alert: { state: 'resolved' },
      verdict: { diagnosis: { verdict: 'covariate_shift' } },
    });
    expect(over?.features.length).toBeGreaterThan(0);
    // Its model is configured no more.
    const bare = await investigate(pool, second, { ...how, catalog: await ModelCatalog.open(pool, []) });
    expect(bare).toMatchObject({ headline: { what: 'Covariate shift of age' }, verdict: null, features: [] });
    expect(await investigate(pool, '999999', how)).toBeNull();
  });

  test('names the deliveries of its messages', async () => {
    const story = await AlertStory.begin(pool, 'c');
    await story.hour(DRIFT);
    await pool.query(
      `insert into delivery (id, outbox_id, kind, target, state, message_id, attempts)
       select gen_random_uuid(), id, 'email', 'ann@example.org', 'sent', 'm', 1 from outbox
       where kind = 'notify' and payload -> 'notification' ->> 'model' = 'c'`,
    );
    const { app } = testApi(incidentDesk(pool, story.catalog));
    const reply = await app.inject(`/api/v1/alerts/${await story.alertId()}/investigation`);
    expect(reply.statusCode, reply.body).toBe(200);
    expect(reply.json()).toMatchObject({
      deliveries: [
        { target: 'ann@example.org', state: 'sent', attempts: 1, about: 'firing', endpoint: 'mail' },
      ],
      meanwhile: { versions: [], retrains: [], log: [] },
    });
    expect((await app.inject('/api/v1/alerts/999999/investigation')).statusCode).toBe(404);
  });
});
