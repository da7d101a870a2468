import { beforeAll, expect, it } from 'vitest';
import { HOUR_MS } from '../../../src/core/clock.ts';
import type { FeatureComparison, Performance } from '../../../src/core/findings.ts';
import type { IncidentNews } from '../../../src/core/jobs.ts';
import { silentLog } from '../../../src/core/log.ts';
import type { RetrainSpec } from '../../../src/core/model.ts';
import { loadFigureTimeline } from '../../../src/pipeline/messages/figure-timeline.ts';
import { loadSilentStretches } from '../../../src/store/alerts/silent-stretches.ts';
import { writeEvaluation } from '../../../src/store/evaluation/evaluations.ts';
import { createPool, inTransaction } from '../../../src/store/connection/pool.ts';
import type { Pool } from '../../../src/store/connection/pool.ts';
import { resolvedNotification, sampleFeature, sampleNotification } from '../../act/sample-notification.ts';
import { atEnd } from '../../harness/cleanup.ts';
import { createDatabase } from '../../harness/database/database.ts';
import { describeWith } from '../../harness/describe-with.ts';
import { modelSpec } from '../../harness/model-spec.ts';
import { addVersion, addWindow } from '../act-rows.ts';

const START = Date.UTC(2026, 2, 1);
const WINDOWS = 60;
/** From here on `age` has moved, in the last but one window `income` is missing as well. */
const MOVED_FROM = 55;

describeWith(['postgres'], 'the course of the figure that leads an incident', () => {
  let pool: Pool;
  const ids: string[] = [];

  beforeAll(async () => {
    const { url } = await createDatabase('figure_timeline');
    pool = createPool({ connectionString: url, max: 2, applicationName: 'test', log: silentLog });
    atEnd(() => pool.end());
    const modelVersionId = await addVersion(pool);
    for (let at = 0; at < WINDOWS; at += 1) {
      const id = await addWindow(pool, modelVersionId, START + at * HOUR_MS);
      ids.push(id);
      const window = {
        id: Number(id),
        modelVersionId,
        modelName: 'm',
        versionName: '1',
        sizeMs: HOUR_MS,
        startMs: START + at * HOUR_MS,
        endMs: START + (at + 1) * HOUR_MS,
        paneMs: null,
        baselineId: null,
      };
      for (const series of ['closed', 'matured'] as const) {
        const { diagnosis } = sampleNotification();
        const compared = {
          reference: { rows: 6_000 },
          current: { rows: 3_000 },
          features: featuresOf(at),
          prediction: null,
          score: null,
          label: null,
          performance: series === 'matured' && at !== 20 ? performanceOf(at) : null,
        };
        await inTransaction(pool, (tx) =>
          writeEvaluation(tx, window, series, 1, [{ segment: '', rows: 3_000, compared, diagnosis }]),
        );
      }
    }
  });

  function featuresOf(at: number): FeatureComparison[] {
    const isMoved = at >= MOVED_FROM;
    return [
      sampleFeature(
        'age',
        isMoved
          ? { drifted: true, status: 'drift', metrics: { psi: 0.4 }, threshold: { psi: 0.05 } }
          : { metrics: { psi: at / 10_000 } },
      ),
      sampleFeature('quiet', { metrics: { psi: 9 } }),
      sampleFeature(
        'income',
        at === WINDOWS - 2
          ? {
              status: 'fault',
              faults: ['missing_spike'],
              missing: { reference: 0.02, current: 0.5 },
              metrics: { psi: 0.001 },
            }
          : { missing: { reference: 0.02, current: 0.021 }, metrics: { psi: 0.001 } },
      ),
    ];
  }

  function performanceOf(at: number): Performance {
    return {
      labelled: { reference: 6_000, current: 2_000, share: 0.7 },
      mature: true,
      metrics: {
        accuracy: { reference: 0.86, current: at >= MOVED_FROM ? 0.7 : 0.85, interval: null, p_value: null },
        log_loss: { reference: 0.34, current: 0.4, interval: null, p_value: null },
      },
    };
  }

  const told = (at: number, rest: Partial<IncidentNews> = {}): IncidentNews =>
    sampleNotification({ windowId: ids[at] ?? '', sinceMs: START + MOVED_FROM * HOUR_MS, ...rest });
  const performance: RetrainSpec['performance'] = { metric: 'accuracy', drop: 0.03 };
  const retrain: RetrainSpec = { webhook: 'h', schedule: null, performance, drift: [], cooldownMs: 0 };

  it('is performance where the relation moved, with the limit that asks for a retraining', async () => {
    const found = await loadFigureTimeline(pool, modelSpec({ retrain }), told(WINDOWS - 1));
    expect(found).toMatchObject({
      name: 'accuracy',
      measure: 'metric',
      reference: 0.86,
      limit: expect.closeTo(0.83, 9) as unknown,
    });
    expect(found?.points).toHaveLength(48);
    expect(found?.points[0]?.startMs).toBe(START + 12 * HOUR_MS);
    expect(found?.points.map(({ value }) => value).slice(-6)).toEqual([0.85, 0.7, 0.7, 0.7, 0.7, 0.7]);
    // A window without labels is a gap, not a zero.
    expect(found?.points[8]).toEqual({ startMs: START + 20 * HOUR_MS, value: null });
  });

  it('has no limit where nobody set one, and one above where less is better', async () => {
    expect((await loadFigureTimeline(pool, modelSpec(), told(WINDOWS - 1)))?.limit).toBeNull();
    const spec = modelSpec({ retrain: { ...retrain, performance: { metric: 'log_loss', drop: 0.05 } } });
    expect(await loadFigureTimeline(pool, spec, told(WINDOWS - 1))).toMatchObject({
      name: 'log_loss',
      limit: expect.closeTo(0.39, 9) as unknown,
    });
  });

  it('is the feature that moved most before labels are in, never one that only differs', async () => {
    const found = await loadFigureTimeline(pool, modelSpec(), told(MOVED_FROM + 1, { series: 'closed' }));
    expect(found).toMatchObject({ name: 'age', measure: 'psi', reference: null, limit: 0.05 });
    expect(found?.points.slice(-3).map(({ value }) => value)).toEqual([0.0054, 0.4, 0.4]);
    expect(found?.points.at(-1)?.startMs).toBe(START + (MOVED_FROM + 1) * HOUR_MS);
  });

  it('is the share that is missing where that is the fault', async () => {
    const found = await loadFigureTimeline(pool, modelSpec(), told(WINDOWS - 1, { series: 'closed' }));
    expect(found).toMatchObject({ name: 'income', measure: 'missing', reference: 0.02, limit: null });
    expect(found?.points.slice(-3).map(({ value }) => value)).toEqual([0.021, 0.5, 0.021]);
  });

  it('remembers what led an incident that is over', async () => {
    const resolved = {
      ...resolvedNotification(),
      windowId: ids[MOVED_FROM + 2] ?? '',
      sinceMs: START + MOVED_FROM * HOUR_MS,
    };
    const of = (rest: Partial<IncidentNews>) =>
      loadFigureTimeline(pool, modelSpec(), { ...resolved, ...rest });
    expect(await of({})).toMatchObject({ name: 'accuracy' });
    expect(await of({ series: 'closed', firedVerdict: 'covariate_shift' })).toMatchObject({ name: 'age' });
  });

  it('is nothing where there is no course', async () => {
    // Its first window moved: one point is no line.
    expect(await loadFigureTimeline(pool, modelSpec(), told(0, { sinceMs: START }))).toBeNull();
    expect(
      await loadFigureTimeline(pool, modelSpec(), told(10, { series: 'closed', sinceMs: START })),
    ).toBeNull();
  });

  it('knows in which windows nothing came, and when that was', async () => {
    const emptied = [50, 56, 57, 59].map((at) => ids[at]);
    await pool.query(`update "window" set silence = 'unexpected', state = 'closed' where id = any($1)`, [
      emptied,
    ]);
    await pool.query(`update "window" set silence = 'usual', state = 'closed' where id = $1`, [ids[52]]);
    await pool.query(`update verdict set performance = null where window_id = $1 and series = 'matured'`, [
      ids[56],
    ]);
    const found = await loadFigureTimeline(pool, modelSpec(), told(WINDOWS - 1));
    expect(found?.points.filter(({ isSilent }) => isSilent === true)).toEqual([
      { startMs: START + 56 * HOUR_MS, value: null, isSilent: true },
    ]);
    const span = { windowId: ids[58] ?? '', sinceMs: START + 51 * HOUR_MS, kind: 'resolved' } as const;
    const stretch = { startMs: START + 56 * HOUR_MS, endMs: START + 58 * HOUR_MS };
    expect(await loadSilentStretches(pool, span)).toEqual([stretch]);
    // What goes on has what came after its newest window, too: silence is none of its windows.
    const last = { startMs: START + 59 * HOUR_MS, endMs: START + 60 * HOUR_MS };
    expect(await loadSilentStretches(pool, { ...span, kind: 'reminder' })).toEqual([stretch, last]);
    // What came late fills it.
    await pool.query(
      `insert into window_part (window_id, segment, kind, source, partition, from_offset, to_offset, rows, delta)
       values ($1, '', 'input', 'http', 0, 0, 1, 3, '')`,
      [ids[57]],
    );
    expect(await loadSilentStretches(pool, span)).toEqual([{ ...stretch, endMs: START + 57 * HOUR_MS }]);
  });
});
