import { createRetrainCallback } from '../../act/retrain/callback.ts';
import type { AppState, CapturedMail } from '../../api/api-deps.ts';
import { createApi } from '../../api/create-api.ts';
import { assertListenAllowed } from '../../api/listen.ts';
import type { ProcessMetrics } from '../../api/metrics/process-metrics.ts';
import { explainConfig } from '../../config/explain.ts';
import { fail } from '../../core/result.ts';
import { decodeLimits } from '../intake/decode-limits.ts';
import { enableEndpoint } from '../../store/outbox/disabled-endpoints.ts';
import { inTransaction } from '../../store/connection/pool.ts';
import { LiveEvents } from '../../store/live.ts';
import { createReadModels } from '../../store/read-models.ts';
import { replayDelivery } from '../../store/outbox/replay-deliveries.ts';
import { verifyToken } from '../../store/tokens.ts';
import { SegmentRegistry } from '../../window/segments.ts';
import { createAcceptBaseline } from '../evaluate/accept-baseline.ts';
import { createAcceptEvents } from '../intake/accept-events.ts';
import { incidentDesk } from '../incidents/incident-desk.ts';
import { alertDesks } from '../messages/alert-desks.ts';
import { createListDays } from '../history/list-days.ts';
import { createInspections } from '../inspect/inspections.ts';
import { runComparison } from '../inspect/run-comparison.ts';
import { compareStoredVersions } from '../evaluate/compare-versions.ts';
import { createExportLabelled } from '../predictions/export-labelled.ts';
import { REEVALUATE_AFTER_MS } from '../windows/reevaluation.ts';
import { createRetrainReports } from '../retrain/reports.ts';
import { replayDeadLettersIn } from '../intake/replay-dead-letters.ts';
import { createLogDecoders } from '../intake/log-decoders.ts';
import { postedFormat } from '../intake/posted-formats.ts';
import { createMailStops } from '../messages/mail-stops.ts';
import { createDecideRun } from '../retrain/approval.ts';
import type { Line } from './line.ts';
import { type Answering, answerAt } from './answer-at.ts';
import { livenessOf } from './liveness-of.ts';
import { loginDesks } from './login-desks.ts';
import { VERSION } from './version.ts';

export interface ApiOptions extends Line {
  readonly failure: () => string | null;
  readonly onLabels: () => void;
  /** Absent: nobody but the API shows them. */
  readonly metrics?: ProcessMetrics;
  readonly mailbox?: (() => readonly CapturedMail[]) | undefined;
  readonly dashboard?: (() => AppState) | undefined;
}

/** HTTP in and out: events, findings, callbacks, health, metrics, the first page. */
export async function startApi(options: ApiOptions): Promise<Answering> {
  const { config, pool, catalog, ledger, clock, log } = options;
  assertListenAllowed(config.api, config.auth.tokens);
  const listDays = createListDays(pool, config.models);
  const app = createApi({
    listenHost: config.api.host,
    version: VERSION,
    modelMetrics: config.metrics,
    readModels: createReadModels(pool),
    verifyToken: config.auth.tokens ? async (text, nowMs) => await verifyToken(pool, text, nowMs) : null,
    ...loginDesks(config, pool, log),
    acceptEvents: createAcceptEvents({
      pool,
      catalog,
      segments: new SegmentRegistry(),
      ledger,
      limits: decodeLimits(config),
      formats: {
        of: (as) => postedFormat(as, config.api),
        decoderOf: createLogDecoders(config, clock),
      },
      reevaluateAfterMs: REEVALUATE_AFTER_MS,
      onLabels: options.onLabels,
    }),
    retrainCallback: createRetrainCallback(
      createRetrainReports({ pool, catalog, log }),
      (webhook) => config.webhooks.get(webhook)?.secret ?? null,
    ),
    decideRun: createDecideRun(pool, (model) => catalog.model(model)?.spec ?? null),
    exportLabelled: createExportLabelled(pool, catalog),
    replayDelivery: (id, nowMs) => inTransaction(pool, (tx) => replayDelivery(tx, id, nowMs)),
    enableEndpoint: (name) => enableEndpoint(pool, name),
    acceptBaseline: createAcceptBaseline(pool, catalog),
    runComparison,
    compareVersions: async (name, asked) => {
      const model = catalog.model(name);
      if (model !== null) return await compareStoredVersions(pool, model.spec, asked);
      return fail({ reason: 'unknown_model', detail: `No model is called "${name}".` });
    },
    listDays,
    inspections: createInspections(pool, config.models, listDays),
    replayDeadLetters: (asked) => replayDeadLettersIn(pool, { ...asked, config, dryRun: false }),
    explainConfiguration: () => ({ file: config.source.file, entries: explainConfig(config) }),
    live: new LiveEvents(pool, log),
    mailStops: createMailStops(pool, config.channels, log),
    ...alertDesks(pool, catalog),
    ...incidentDesk(pool, catalog, config.timezone),
    liveness: livenessOf(options.failure),
    clock,
    log,
    ...(options.metrics === undefined ? {} : { metrics: options.metrics }),
    ...(options.dashboard === undefined ? {} : { dashboard: options.dashboard }),
    ...(options.mailbox === undefined ? {} : { mailbox: options.mailbox }),
  });
  const started = await answerAt(app, config.api, 'api.listen');
  log.info({ url: started.url }, 'listening');
  return started;
}
