import { createRetrainCallback } from '../../act/retrain/callback.ts';
import type { AppState, CapturedMail } from '../../api/api-deps.ts';
import { createApi } from '../../api/create-api.ts';
import { assertListenAllowed } from '../../api/listen.ts';
import { explainConfig } from '../../config/explain.ts';
import { errorMessage, UserError } from '../../core/errors.ts';
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
import { loginDesks } from './login-desks.ts';
import { VERSION } from './version.ts';

export interface ApiOptions extends Line {
  readonly failure: () => string | null;
  readonly onLabels: () => void;
  readonly mailbox?: (() => readonly CapturedMail[]) | undefined;
  readonly dashboard?: (() => AppState) | undefined;
}

const STOP_WITHIN_MS = 2_000;
const LOOK_FOR_IDLE_MS = 50;

/** HTTP in and out: events, findings, callbacks, health, metrics, the first page. */
export async function startApi(options: ApiOptions): Promise<{ url: string; stop: () => Promise<void> }> {
  const { config, pool, catalog, ledger, clock, log } = options;
  const { host, port } = config.api;
  assertListenAllowed(config.api, config.auth.tokens);
  const listDays = createListDays(pool, config.models);
  const app = createApi({
    listenHost: host,
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
    liveness: () => {
      const reason = options.failure();
      return { alive: reason === null, reason };
    },
    clock,
    log,
    ...(options.dashboard === undefined ? {} : { dashboard: options.dashboard }),
    ...(options.mailbox === undefined ? {} : { mailbox: options.mailbox }),
  });
  try {
    const url = await app.listen({ host, port });
    log.info({ url }, 'listening');
    return { url, stop: async () => await closeGently(app) };
  } catch (cause) {
    throw new UserError(`cannot listen on ${host}:${port}: ${errorMessage(cause)}`, {
      fix: 'Another program has the port, or the address is not of this machine: set `api.listen` to a free one.',
      cause,
    });
  }
}

/**
 * Answers what was asked, then closes. A connection that was busy when the close began would be waited for until its
 * keep-alive ends, more than a minute later: it is ended as soon as it is idle, and at the deadline in any case.
 */
async function closeGently(app: ReturnType<typeof createApi>): Promise<void> {
  const idle = setInterval(() => app.server.closeIdleConnections(), LOOK_FOR_IDLE_MS);
  const deadline = setTimeout(() => app.server.closeAllConnections(), STOP_WITHIN_MS);
  try {
    await app.close();
  } finally {
    clearInterval(idle);
    clearTimeout(deadline);
  }
}
