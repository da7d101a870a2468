import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { DAY_MS, HOUR_MS } from '../../../src/core/clock.ts';
import { silentLog } from '../../../src/core/log.ts';
import {
  acknowledgeAlert,
  snoozeAlert,
  unacknowledgeAlert,
} from '../../../src/pipeline/messages/attend-alerts.ts';
import { releaseHeld } from '../../../src/pipeline/messages/release-held.ts';
import { createPool, type Pool } from '../../../src/store/connection/pool.ts';
import { createDatabase } from '../../harness/database/database.ts';
import { describeWith } from '../../harness/describe-with.ts';
import { AlertStory, CLEAN, CONCEPT, DRIFT, type Shown } from '../alert-story.ts';

const FAULT: Shown = { types: ['data_fault'], faults: [['unit_change', 'age']] };
const MIXED: Shown = { types: ['covariate_shift', 'concept_drift'], moved: ['age', 'income'] };

/** What may happen next, by one letter. */
const STEPS = {
  d: async (story: AlertStory) => await story.hour(DRIFT),
  k: async (story: AlertStory) => await story.hour(CONCEPT),
  m: async (story: AlertStory) => await story.hour(MIXED),
  f: async (story: AlertStory) => await story.hour(FAULT),
  '.': async (story: AlertStory) => await story.hour(CLEAN),
  // All of it, a feature, a kind; some run out by themselves.
  S: async (story: AlertStory) => await story.silence(10 * DAY_MS, `model=${story.spec.name}`),
  s: async (story: AlertStory) => await story.silence(2 * HOUR_MS, `model=${story.spec.name}`),
  a: async (story: AlertStory) => await story.silence(5 * HOUR_MS, `model=${story.spec.name}`, 'feature=age'),
  c: async (story: AlertStory) =>
    await story.silence(5 * HOUR_MS, `model=${story.spec.name}`, 'kind=concept_drift'),
  x: async (story: AlertStory) => await expireAll(story),
  A: async (story: AlertStory) =>
    await acknowledgeAlert(
      story.pool,
      await story.alertId(),
      { author: 'a', comment: '', untilMs: null },
      story.nowMs,
    ),
  U: async (story: AlertStory) => await unacknowledgeAlert(story.pool, await story.alertId(), story.nowMs),
  z: async (story: AlertStory) => {
    const untilMs = story.nowMs + 3 * HOUR_MS;
    await snoozeAlert(story.pool, await story.alertId(), { author: 'a', comment: '', untilMs }, story.nowMs);
  },
  t: async (story: AlertStory) => await story.tick(HOUR_MS),
  T: async (story: AlertStory) => await story.tick(DAY_MS),
  // Three processes look at the same time.
  r: async (story: AlertStory) =>
    await Promise.all(
      [1, 2, 3].map(async () => await releaseHeld(story.pool, story.catalog, silentLog, story.nowMs)),
    ),
} satisfies Record<string, (story: AlertStory) => Promise<unknown>>;
type Step = keyof typeof STEPS;

async function expireAll(story: AlertStory): Promise<void> {
  await story.pool.query(
    `update silence set expired_at = $1 where matchers @> $2::jsonb and expired_at is null and ends_at > $1`,
    [new Date(story.nowMs), JSON.stringify([{ name: 'model', value: story.spec.name }])],
  );
}

/**
 * Of each incident, in order: `D` it was decided that people have to be told, `F` they were told that it fires, `m`
 * reminded, `E` it was over, `R` they were told that.
 */
class Course {
  readonly #lines = new Map<string, string>();
  #events = 0;
  #messages = 0;
  readonly #story: AlertStory;

  constructor(story: AlertStory) {
    this.#story = story;
  }

  get lines(): string[] {
    return [...this.#lines.values()];
  }

  async note(): Promise<void> {
    const { pool, spec } = this.#story;
    const events = await pool.query<{ id: number; alert_id: string; letter: string }>(
      `select e.id, e.alert_id::text, case when e.kind = 'resolved' then 'E' else 'D' end as letter
       from alert_event e join alert a on a.id = e.alert_id join model_version v on v.id = a.model_version_id
       join model m on m.id = v.model_id
       where m.name = $1 and e.id > $2
         and (e.kind in ('firing', 'resolved') or e.reason = 'new_kind_confirmed') order by e.id`,
      [spec.name, this.#events],
    );
    for (const { id, alert_id: alertId, letter } of events.rows) {
      this.#events = id;
      this.#add(alertId, letter);
    }
    const told = await this.#story.told();
    for (const { incidentId, kind } of told.slice(this.#messages)) {
      this.#add(incidentId, { firing: 'F', reminder: 'm', resolved: 'R' }[kind as 'firing']);
    }
    this.#messages = told.length;
  }

  #add(alertId: string, letter: string): void {
    this.#lines.set(alertId, (this.#lines.get(alertId) ?? '') + letter);
  }
}

/** Each decision is told before the next one or together with it, none twice; reminders and the end follow the news. */
const STANDING = /^D+F(?:m|D+F)*$/;
/** Once over: told once that it is, if it was ever told that it fires; what nobody heard of stays untold. */
const OVER = /^(?:D+F(?:m|D+F)*D*E(?:R)|D+E)$/;

describeWith(['postgres'], 'holding loses nothing and repeats nothing', () => {
  let pool: Pool;
  beforeAll(async () => {
    const { url } = await createDatabase('holding_property');
    pool = createPool({ connectionString: url, max: 8, applicationName: 'test', log: silentLog });
  });
  afterAll(async () => await pool.end());

  test('whatever happens in whatever order', async () => {
    const letters = Object.keys(STEPS) as Step[];
    const stories = fc.sample(
      fc.array(fc.constantFrom<Step>(...letters, 'd', 'd', 'k', 'm', '.'), { minLength: 5, maxLength: 25 }),
      { seed: 15, numRuns: 80 },
    );
    let held = 0;
    let over = 0;
    let standing = 0;
    for (const [number, steps] of stories.entries()) {
      const story = await AlertStory.begin(pool, `m${number}`);
      const course = new Course(story);
      for (const step of steps) {
        await STEPS[step](story);
        await course.note();
      }
      held += (await story.events('held')).length;
      // All holds end.
      await expireAll(story);
      await story.tick(10 * DAY_MS);
      await unacknowledgeAlert(pool, await story.alertId(), story.nowMs);
      await story.tick();
      await course.note();
      expect(await story.owed(), steps.join('')).toEqual([]);
      for (const line of course.lines) {
        if (line.includes('E')) over += 1;
        else standing += 1;
        expect(line, steps.join('')).toMatch(line.includes('E') ? OVER : STANDING);
      }
      const before = await story.kinds();
      await story.tick();
      expect(await story.kinds(), steps.join('')).toEqual(before);
    }
    // The stories were about something.
    expect(held).toBeGreaterThan(50);
    expect(over).toBeGreaterThan(30);
    expect(standing).toBeGreaterThan(30);
  });
});
