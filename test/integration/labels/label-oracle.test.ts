/**
 * Labels, corrections and predictions in any order, joined by their own checkpoints and by several joiners at once while
 * blocks are merged, of a model that keeps half of its predictions: what counts in the end is what a plain look at the whole log says.
 */
import fc from 'fast-check';
import { beforeAll, expect, it } from 'vitest';
import { idHash } from '../../../src/core/ids/id-hash.ts';
import { silentLog } from '../../../src/core/log.ts';
import { sweepLabels } from '../../../src/pipeline/labels/label-joiner.ts';
import { mergePredictionBlocks } from '../../../src/pipeline/predictions/merge-predictions.ts';
import { ModelCatalog } from '../../../src/pipeline/windows/model-catalog.ts';
import { PredictionFinder } from '../../../src/pipeline/predictions/prediction-finder.ts';
import { LabelProfile } from '../../../src/stats/profile/outcomes/label-profile.ts';
import { createPool, type Pool } from '../../../src/store/connection/pool.ts';
import { isKept } from '../../../src/window/kept.ts';
import { atEnd } from '../../harness/cleanup.ts';
import { expectConserved } from '../../harness/database/conservation.ts';
import { createDatabase } from '../../harness/database/database.ts';
import { describeWith } from '../../harness/describe-with.ts';
import { modelSpec } from '../../harness/model-spec.ts';
import { fetched, labelLine, partitionConsumer, predictionLine, RECEIVED_MS } from '../partition-log.ts';

const SPEC = modelSpec({ sampling: 0.5 });
const SOURCES = ['inferred', 'user', 'natural'] as const;

interface Prediction {
  readonly id: number;
  readonly approve: boolean;
}
interface Label {
  readonly id: number;
  readonly approve: boolean;
  readonly source: number;
  readonly final: boolean;
  readonly minute: number;
}

interface Story {
  readonly predictions: readonly Prediction[];
  readonly labels: readonly Label[];
  readonly steps: readonly string[];
  readonly fewestAtOnce: number;
}

const id = fc.integer({ min: 0, max: 25 });
const prediction: fc.Arbitrary<Prediction> = fc.record({ id, approve: fc.boolean() });
const label: fc.Arbitrary<Label> = fc.record({
  id,
  approve: fc.boolean(),
  source: fc.nat(2),
  final: fc.boolean(),
  minute: fc.integer({ min: 0, max: 3 }),
});
const step = fc.constantFrom(
  'predictions',
  'labels',
  'labels beside sweeps',
  'sweep',
  'three sweeps',
  'merge',
);

describeWith(['postgres'], 'labels in any order', () => {
  let pool: Pool;
  beforeAll(async () => {
    const { url } = await createDatabase('label-oracle');
    pool = createPool({ connectionString: url, max: 8, applicationName: 'test', log: silentLog });
    atEnd(() => pool.end());
  });

  let runs = 0;

  it('end in the label that outranks the others, and in its counts', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(prediction, { minLength: 5, maxLength: 30 }),
        fc.array(label, { minLength: 5, maxLength: 80 }),
        fc.array(step, { maxLength: 25 }),
        fc.constantFrom(1, 6, 1_000_000),
        async (predictions, labels, steps, fewestAtOnce) => {
          runs += 1;
          await live(pool, { predictions, labels, steps, fewestAtOnce }, runs);
          await compare(pool, predictions, labels, runs);
          await expectConserved(pool);
        },
      ),
      { numRuns: 40, seed: 20_261_125 },
    );
    expect(runs).toBeGreaterThanOrEqual(40);
  });
});

const nameOf = (run: number, n: number): string => `${run}-${n}`;
const classOf = (approve: boolean): string => (approve ? 'approve' : 'deny');

async function live(
  pool: Pool,
  { predictions, labels, steps, fewestAtOnce }: Story,
  run: number,
): Promise<void> {
  const consumer = await partitionConsumer(pool, { specs: [SPEC], fewestAtOnce });
  const catalog = await ModelCatalog.open(pool, [SPEC]);
  const finder = new PredictionFinder();
  // So few at once that two sweeps have labels of one prediction between them.
  const sweep = async () =>
    await sweepLabels({ pool, catalog, reevaluateAfterMs: 0, finder, batch: 6, log: silentLog });
  const logs = {
    predictions: {
      partition: 2 * run,
      values: predictions.map((each) =>
        predictionLine(nameOf(run, each.id), `v${run}`, { prediction: classOf(each.approve) }),
      ),
    },
    labels: {
      partition: 2 * run + 1,
      values: labels.map((each) =>
        labelLine(nameOf(run, each.id), classOf(each.approve), {
          source: SOURCES[each.source],
          final: each.final,
          timestamp: RECEIVED_MS + each.minute * 60_000,
        }),
      ),
    },
  };
  const at = { predictions: 0, labels: 0 };
  const read = async (what: keyof typeof logs, count: number): Promise<void> => {
    const to = Math.min(logs[what].values.length, at[what] + count);
    if (to > at[what]) await consumer.onRecords(fetched(logs[what], at[what], to));
    at[what] = to;
    await consumer.checkpointAll();
  };
  for (const what of steps) {
    if (what === 'predictions') await read('predictions', 4);
    if (what === 'labels') await read('labels', 9);
    if (what === 'merge') {
      await pool.query(`update prediction_block set created_at = now() - interval '2 hours'`);
      await Promise.all([mergePredictionBlocks(pool), sweep()]);
    }
    // Back-off would let labels wait for longer than a test does.
    if (what.includes('sweep')) await pool.query('update pending_label set next_try_at = now()');
    if (what === 'sweep') await sweep();
    if (what === 'labels beside sweeps') await Promise.all([read('labels', 9), sweep(), sweep()]);
    if (what === 'three sweeps') await Promise.all([sweep(), sweep(), sweep()]);
  }
  await Promise.all([read('predictions', 1_000), read('labels', 1_000)]);
  await pool.query('update pending_label set next_try_at = now()');
  let taken = 1;
  while (taken > 0) {
    const outcomes = await Promise.all([sweep(), sweep(), sweep()]);
    taken = outcomes.reduce((sum, outcome) => sum + outcome.taken, 0);
  }
}

async function compare(
  pool: Pool,
  predictions: readonly Prediction[],
  labels: readonly Label[],
  run: number,
): Promise<void> {
  const firsts = new Map<number, Prediction>();
  for (const each of predictions) if (!firsts.has(each.id)) firsts.set(each.id, each);
  const expected = [...firsts.values()]
    .filter((each) => isKept(SPEC, idHash(nameOf(run, each.id))))
    .map((each) => ({ ...each, label: effective(labels.filter((one) => one.id === each.id)) }));
  const stored = await pool.query<{ id: string; class: string; label: string | null; source: number | null }>(
    `select id_hash::text as id, class, label, label_source as source from prediction p
     join model_version v on v.id = p.model_version_id where v.name = $1`,
    [`v${run}`],
  );
  const byId = (a: { id: string }, b: { id: string }): number => (a.id < b.id ? -1 : 1);
  expect(stored.rows.toSorted(byId)).toEqual(
    expected
      .map((each) => ({
        id: String(idHash(nameOf(run, each.id))),
        class: classOf(each.approve),
        label: each.label === null ? null : classOf(each.label.approve),
        source: each.label?.source ?? null,
      }))
      .toSorted(byId),
  );
  await expectProfile(
    pool,
    run,
    expected.flatMap(({ approve, label: one }) =>
      one === null ? [] : { said: classOf(approve), truth: classOf(one.approve) },
    ),
  );
}

/** By source, then final, then time, then the place in the log. */
function effective(labels: readonly Label[]): Label | null {
  const rank = (each: Label): number => each.source * 1_000 + (each.final ? 100 : 0) + each.minute;
  return labels.reduce<Label | null>(
    (best, each) => (best === null || rank(each) >= rank(best) ? each : best),
    null,
  );
}

async function expectProfile(
  pool: Pool,
  run: number,
  pairs: readonly { readonly said: string; readonly truth: string }[],
): Promise<void> {
  const parts = await pool.query<{ delta: Buffer }>(
    `select p.delta from window_part p join "window" w on w.id = p.window_id
     join model_version v on v.id = w.model_version_id
     where v.name = $1 and p.kind = 'label' and p.segment = ''`,
    [`v${run}`],
  );
  const joined = new LabelProfile(null, 'classification');
  for (const { delta } of parts.rows) joined.merge(LabelProfile.decode(delta, null, 'classification'));
  expect(joined.labelled).toBe(pairs.length);
  const right = pairs.filter(({ said, truth }) => said === truth).length;
  if (pairs.length === 0) expect(joined.performance).toBeNull();
  else expect(joined.performance).toMatchObject({ n: pairs.length, correct: right });
}
