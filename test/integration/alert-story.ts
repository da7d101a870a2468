import { HOUR_MS } from '../../src/core/clock.ts';
import type { EvaluationSeries } from '../../src/core/evaluation-series.ts';
import type {
  Diagnosis,
  Evidence,
  FeatureComparison,
  ShiftKind,
  VerdictKind,
} from '../../src/core/findings.ts';
import type { Fault } from '../../src/core/faults.ts';
import type { IncidentNews } from '../../src/core/jobs.ts';
import { silentLog } from '../../src/core/log.ts';
import type { AlertSpec, ModelSpec } from '../../src/core/model.ts';
import type { Breach, OperationalMetric } from '../../src/core/operational.ts';
import { parseMatcher } from '../../src/decide/match-silence.ts';
import { withKnownEvents } from '../../src/judge/known-events.ts';
import { correctVerdict } from '../../src/pipeline/incidents/correct-verdict.ts';
import { decideSeries } from '../../src/pipeline/incidents/decide-series.ts';
import { ModelCatalog } from '../../src/pipeline/windows/model-catalog.ts';
import { releaseHeld } from '../../src/pipeline/messages/release-held.ts';
import { sendReminders } from '../../src/pipeline/messages/reminders.ts';
import { writeEvaluation } from '../../src/store/evaluation/evaluations.ts';
import { ensureVersion } from '../../src/store/windows/models.ts';
import { inTransaction, type Pool } from '../../src/store/connection/pool.ts';
import { lockIncidents } from '../../src/store/alerts/alerts.ts';
import { createSilence, expireSilence } from '../../src/store/alerts/silences.ts';
import { modelSpec } from '../harness/model-spec.ts';
import { addWindow } from './act-rows.ts';

export interface Shown {
  readonly types: readonly ShiftKind[];
  readonly moved?: readonly string[];
  /** Which way; absent: nobody can tell. */
  readonly way?: 'up' | 'down';
  /** Features that all but moved. */
  readonly near?: readonly string[];
  /** Features that are as they were, and are seen to be. */
  readonly back?: readonly string[];
  /** Metrics of operation beyond their limits. */
  readonly breaches?: readonly OperationalMetric[];
  /** As labels say: how far accuracy fell. */
  readonly lost?: number;
  /** The p-value of "the same features lead to the same labels". */
  readonly relation?: number;
  readonly faults?: readonly (readonly [Fault, string])[];
  /** What of the calendar, or of earlier windows, explains the types. */
  readonly explainedBy?: 'known_event' | 'seasonal';
  readonly segment?: string;
  /** Absent: enough. */
  readonly rows?: number;
}

export const START_MS = Date.UTC(2026, 2, 1);

/** One model whose windows show what a test says, decided and told as the service does it, on a clock by hand. */
export class AlertStory {
  readonly pool: Pool;
  readonly catalog: ModelCatalog;
  readonly spec: ModelSpec;
  readonly #versionId: number;
  #windows = 0;
  /** Read and set by the test. */
  nowMs = START_MS;

  private constructor(pool: Pool, catalog: ModelCatalog, spec: ModelSpec, versionId: number) {
    this.pool = pool;
    this.catalog = catalog;
    this.spec = spec;
    this.#versionId = versionId;
  }

  static async begin(
    pool: Pool,
    name: string,
    alerts: Partial<AlertSpec> = {},
    more: Partial<ModelSpec> = {},
  ): Promise<AlertStory> {
    const spec = modelSpec({
      ...more,
      name,
      alerts: { forWindows: 1, remindEveryMs: 24 * HOUR_MS, channels: ['mail'], ...alerts },
    });
    const catalog = await ModelCatalog.open(pool, [spec]);
    const versionId = await ensureVersion(pool, catalog.model(name)?.id ?? 0, '1');
    return new AlertStory(pool, catalog, spec, versionId);
  }

  /** The next hour shows this; then it is that hour's end. Answers the window's id. */
  async hour(...shown: readonly Shown[]): Promise<string> {
    const startMs = START_MS + this.#windows * HOUR_MS;
    this.#windows += 1;
    this.nowMs = Math.max(this.nowMs, startMs + HOUR_MS);
    const windowId = await addWindow(this.pool, this.#versionId, startMs);
    await this.#evaluate(windowId, 'closed', 1, shown);
    return windowId;
  }

  /** The labels of a window are in. In the order of the windows. */
  async labels(windowId: string, ...shown: readonly Shown[]): Promise<void> {
    await this.#evaluate(windowId, 'matured', 1, shown);
  }

  /** A window that was decided shows something else now. */
  async revise(windowId: string, ...shown: readonly Shown[]): Promise<void> {
    await this.#evaluate(windowId, 'closed', 2, shown);
  }

  async reviseLabels(windowId: string, ...shown: readonly Shown[]): Promise<void> {
    await this.#evaluate(windowId, 'matured', 2, shown);
  }

  async #evaluate(
    windowId: string,
    series: EvaluationSeries,
    revision: number,
    shown: readonly Shown[],
  ): Promise<void> {
    const found = await this.pool.query<{ start_at: Date }>('select start_at from "window" where id = $1', [
      windowId,
    ]);
    const startMs = found.rows[0]?.start_at.getTime() ?? 0;
    const window = {
      id: Number(windowId),
      modelVersionId: this.#versionId,
      modelName: this.spec.name,
      versionName: '1',
      sizeMs: HOUR_MS,
      startMs,
      endMs: startMs + HOUR_MS,
      paneMs: null,
      baselineId: null,
    };
    await inTransaction(this.pool, async (tx) => {
      await tx.query(`update "window" set ${series}_revision = $2 where id = $1`, [windowId, revision]);
      await lockIncidents(tx, this.#versionId);
      await writeEvaluation(tx, window, series, revision, shown.map(evaluated));
      for (const { segment = '' } of shown) {
        const key = { modelVersionId: this.#versionId, sizeMs: HOUR_MS, segment, series };
        const context = { key, model: this.spec, versionName: '1', nowMs: this.nowMs };
        if (revision > 1) await correctVerdict(tx, context, windowId);
        await decideSeries(tx, context);
      }
    });
  }

  /** What the service does every few seconds. */
  async tick(byMs = 0): Promise<void> {
    this.nowMs += byMs;
    await releaseHeld(this.pool, this.catalog, silentLog, this.nowMs);
    await sendReminders(this.pool, this.catalog, this.nowMs);
  }

  async silence(forMs: number, ...texts: readonly string[]): Promise<string> {
    const matchers = texts.map((text) => {
      const parsed = parseMatcher(text);
      if (!parsed.ok) throw new Error(parsed.error);
      return parsed.value;
    });
    const span = { startsAtMs: this.nowMs, endsAtMs: this.nowMs + forMs };
    const row = await createSilence(
      this.pool,
      { matchers, ...span, author: 'ann', comment: 'a test' },
      this.nowMs,
    );
    return row.id;
  }

  async expire(silenceId: string): Promise<void> {
    await expireSilence(this.pool, silenceId, 'ann', this.nowMs);
  }

  /** Messages to this model's people, oldest first. */
  async told(): Promise<IncidentNews[]> {
    const found = await this.pool.query<{ payload: { notification: IncidentNews } }>(
      `select payload from outbox where kind = 'notify' and payload -> 'notification' ->> 'model' = $1 order by id`,
      [this.spec.name],
    );
    return found.rows.map(({ payload }) => payload.notification);
  }

  async kinds(): Promise<string[]> {
    return (await this.told()).map(({ kind }) => kind);
  }

  /** `kind: reason` of what happened to its incidents. */
  async events(...kinds: readonly string[]): Promise<string[]> {
    const found = await this.pool.query<{ event: string }>(
      `select e.kind || ': ' || e.reason as event from alert_event e join alert a on a.id = e.alert_id
       where a.model_version_id = $1 and (cardinality($2::text[]) = 0 or e.kind = any($2)) order by e.id`,
      [this.#versionId, kinds],
    );
    return found.rows.map(({ event }) => event);
  }

  async alertId(segment = ''): Promise<string> {
    const found = await this.pool.query<{ id: string }>(
      'select id::text as id from alert where model_version_id = $1 and segment = $2 order by alert.id desc limit 1',
      [this.#versionId, segment],
    );
    return found.rows[0]?.id ?? '0';
  }

  /** Messages that people have still to get. */
  async owed(): Promise<string[]> {
    const found = await this.pool.query<{ owed: string }>(
      `select h.kind || ': ' || h.reason as owed from held_notification h join alert a on a.id = h.alert_id
       where a.model_version_id = $1 order by h.id`,
      [this.#versionId],
    );
    return found.rows.map(({ owed }) => owed);
  }
}

const counts = (current: number[]) => ({
  counts: { bins: [10, 20, null], reference: [100, 100, 100], current },
});
const WAYS = { up: counts([50, 100, 350]), down: counts([350, 100, 50]) } as const;

export const DRIFT: Shown = { types: ['covariate_shift'], moved: ['age'] };
export const CONCEPT: Shown = { types: ['concept_drift'] };
export const CLEAN: Shown = { types: [] };

function evaluated(shown: Shown) {
  const { types, moved = [], way, near = [], back = [], faults = [], segment = '', rows = 500 } = shown;
  const { breaches, lost, relation, explainedBy } = shown;
  const size = { reference: { rows: 1_000 }, current: { rows } };
  const faulty = faults.map(([fault, feature]) => comparison(feature, false, [fault]));
  const compared = {
    ...size,
    features: [
      ...moved.map((name) => ({ ...comparison(name, true, []), ...(way !== undefined && WAYS[way]) })),
      ...near.map((name) => ({
        ...comparison(name, false, []),
        ...counts([150, 150, 200]),
        status: 'ok' as const,
        q_value: 0.0006,
      })),
      ...back.map((name) => ({
        ...comparison(name, false, []),
        ...counts([166, 167, 167]),
        status: 'ok' as const,
        q_value: 1,
      })),
      ...faulty,
    ],
    prediction: null,
    score: null,
    label: null,
    performance:
      lost === undefined
        ? null
        : {
            labelled: { reference: 1_000, current: 500, share: 1 },
            mature: true,
            metrics: { accuracy: { reference: 0.9, current: 0.9 - lost, interval: null, p_value: 1e-9 } },
          },
    ...(breaches !== undefined && { operational: { rows, breaches: breaches.map(breachOf) } }),
  };
  const found = diagnosis(types, faults);
  const plain = relation === undefined ? found : { ...found, evidence: [scoreTest(relation)] };
  return {
    segment,
    rows,
    compared,
    diagnosis: explainedBy === undefined ? plain : EXPLAINED[explainedBy](plain),
  };
}

const scoreTest = (p: number): Evidence => ({ claim: 'made', statistic: 'score_test', value: 0, p_value: p });

const SALE = { name: 'sale', days: null, dates: null, hours: null, timeZone: 'UTC', explains: true };
const EXPLAINED = {
  known_event: (found: Diagnosis) => withKnownEvents(found, [SALE]),
  seasonal: ({ verdict, summary, advice, ...rest }: Diagnosis): Diagnosis => ({
    ...rest,
    verdict: 'none',
    types: [],
    summary: 'As usual for the season.',
    advice: 'none',
    reason: 'seasonal',
    seasonal: {
      by: 'hour_of_week',
      windows: 4,
      rows: 2_000,
      reason: 'within_season',
      drifted: [],
      explains: { verdict, summary, advice },
    },
  }),
};

const breachOf = (metric: OperationalMetric): Breach => ({
  metric,
  kind: 'threshold',
  value: 2,
  threshold: 1,
  interval: null,
  p_value: 1e-9,
  claim: 'made',
});

function diagnosis(types: readonly ShiftKind[], faults: readonly (readonly [Fault, string])[]): Diagnosis {
  const [only = 'none'] = types;
  const verdict: VerdictKind = types.length > 1 ? 'mixed' : only;
  return {
    verdict,
    types: [...types],
    not_tested: [],
    confidence: 0.99,
    evidence: [],
    faults: faults.map(([fault, feature]) => ({
      fault,
      feature,
      detail: 'made',
      share: 1,
      statistic: null,
      p_value: null,
    })),
    summary: `It is ${verdict}.`,
    advice: verdict === 'none' ? 'none' : 'watch',
    reason: null,
  };
}

function comparison(name: string, drifted: boolean, faults: Fault[]): FeatureComparison {
  return {
    name,
    kind: 'numeric',
    status: faults.length > 0 ? 'fault' : 'drift',
    rows: { reference: 1_000, current: 500 },
    missing: { reference: 0, current: 0 },
    invalid: { reference: 0, current: 0 },
    metrics: { psi: 0.4 },
    threshold: { psi: null },
    p_value: 1e-9,
    q_value: 1e-9,
    severity: drifted ? 'critical' : 'none',
    drifted,
    faults,
    reason: drifted ? 'shifted' : 'fault',
  };
}
