import { MAIL_RETRY, WEBHOOK_RETRY } from '../act/retry-policy.ts';
import { DELIVERY_LEASE_MS } from '../act/delivery.ts';
import { REPOST_EVERY_MS, repostAlerts } from '../act/channels/alertmanager/repost-alerts.ts';
import { createSmtpMailer } from '../act/channels/mail/smtp-mailer.ts';
import { createNotifyHandler } from '../act/notify-handler.ts';
import type { JobQueue } from '../act/queue/job-queue.ts';
import { createRelay } from '../act/relay.ts';
import { createRetrainHandler } from '../act/retrain-handler.ts';
import { createAddressGuard } from '../act/webhook/address-guard.ts';
import type { Config } from '../config/resolve.ts';
import type { Clock } from '../core/clock.ts';
import type { Log } from '../core/log.ts';
import { deliveryStore } from '../store/deliveries.ts';
import { outboxMessages, relayOutbox } from '../store/outbox.ts';
import { listenOutbox } from '../store/outbox-wake.ts';
import type { Pool } from '../store/pool.ts';
import { retrainRuns } from '../store/retrain-runs.ts';
import { loadToldIncidents } from '../store/told-incidents.ts';
import type { ModelCatalog } from './model-catalog.ts';
import { repeat } from './repeat.ts';

export interface ActOptions {
  readonly config: Config;
  readonly pool: Pool;
  readonly catalog: ModelCatalog;
  readonly queue: JobQueue;
  readonly clock: Clock;
  readonly log: Log;
}

const CONCURRENT_DELIVERIES = 4;

/** Outbox → queue → mail servers and training pipelines. */
export function startAct({ config, pool, catalog, queue, clock, log }: ActOptions): {
  stop: () => Promise<void>;
} {
  const delivering = {
    deliveries: deliveryStore(pool),
    outbox: outboxMessages(pool),
    clock,
    random: Math.random,
    leaseMs: DELIVERY_LEASE_MS,
    guard: createAddressGuard(config.outbound.allowPrivate),
    log,
  };
  const mailer = config.smtp === null ? null : createSmtpMailer(config.smtp.url);
  const from = config.smtp?.from ?? '';
  queue.work(
    'notify',
    createNotifyHandler({
      ...delivering,
      retry: MAIL_RETRY,
      postRetry: WEBHOOK_RETRY,
      channels: config.channels,
      mailer,
      mail: {
        from,
        publicUrl: config.publicUrl,
        host: /@([^>\s]+)/.exec(from)?.[1] ?? 'localhost',
        timeZone: config.timezone,
      },
    }),
    CONCURRENT_DELIVERIES,
  );
  queue.work(
    'retrain',
    createRetrainHandler({
      ...delivering,
      retry: WEBHOOK_RETRY,
      runs: retrainRuns(pool),
      webhooks: config.webhooks,
      channelsOf: (model) => catalog.model(model)?.spec.alerts.channels ?? [],
      publicUrl: config.publicUrl,
    }),
    CONCURRENT_DELIVERIES,
  );
  const stopping = new AbortController();
  const reposting = repeat('alerts for Alertmanager', REPOST_EVERY_MS, log, async () => {
    const told = async (channel: string, endedSinceMs: number) =>
      await loadToldIncidents(pool, channel, endedSinceMs);
    const context = { publicUrl: config.publicUrl, timeZone: config.timezone };
    const deps = { channels: config.channels, told, guard: delivering.guard, context, log };
    await repostAlerts(deps, clock.nowMs(), stopping.signal);
  });
  const relay = createRelay({ outbox: relayOutbox(pool), queue, clock, log });
  const wake = listenOutbox(pool, () => relay.wake(), log);
  relay.start();
  return {
    stop: async () => {
      await wake.close();
      await relay.close();
      stopping.abort();
      await reposting.stop();
      mailer?.close();
    },
  };
}
