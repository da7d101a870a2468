import { MAIL_RETRY, WEBHOOK_RETRY } from '../../act/retry-policy.ts';
import { DELIVERY_LEASE_MS } from '../../act/delivery.ts';
import { channelEndpoint, webhookEndpoint } from '../../act/endpoint.ts';
import { REPOST_EVERY_MS, repostAlerts } from '../../act/channels/alertmanager/repost-alerts.ts';
import { createSmtpMailer } from '../../act/channels/mail/smtp-mailer.ts';
import { createNotifyHandler } from '../../act/notify-handler.ts';
import type { JobQueue } from '../../act/queue/job-queue.ts';
import { createRetrainHandler } from '../../act/retrain-handler.ts';
import { createRetrainPollHandler } from '../../act/retrain-poll-handler.ts';
import { createAddressGuard } from '../../act/webhook/address-guard.ts';
import type { Config } from '../../config/resolve.ts';
import { secretTexts } from '../../config/mask-secrets.ts';
import type { Clock } from '../../core/clock.ts';
import { hideTexts } from '../../core/hide-texts.ts';
import type { Log } from '../../core/log.ts';
import { deliveryStore } from '../../store/outbox/deliveries.ts';
import { endpointStore, forgetChangedEndpoints } from '../../store/outbox/disabled-endpoints.ts';
import { outboxMessages } from '../../store/outbox/outbox.ts';
import { mailRecipients } from '../../store/outbox/mail-recipients.ts';
import type { Pool } from '../../store/connection/pool.ts';
import { mailSettings } from '../messages/mail-settings.ts';
import { loadToldIncidents } from '../../store/alerts/told-incidents.ts';
import { smtpBreakers } from '../../store/outbox/smtp-breakers.ts';
import type { ModelCatalog } from '../windows/model-catalog.ts';
import type { Duty } from './duty.ts';
import { loadPolledRun, retrainRuns } from '../../store/retrain/runs.ts';
import { createRetrainReports } from '../retrain/reports.ts';

export interface ActOptions {
  readonly config: Config;
  readonly pool: Pool;
  readonly catalog: ModelCatalog;
  readonly queue: JobQueue;
  readonly clock: Clock;
  readonly log: Log;
  readonly timing?: ActTiming;
}

export interface ActTiming {
  /** How long an attempt may take; after that its process is taken for dead. */
  readonly leaseMs: number;
}

const TIMING: ActTiming = { leaseMs: DELIVERY_LEASE_MS };

const CONCURRENT_DELIVERIES = 4;
const CONCURRENT_POLLS = 2;

/** Queue → mail servers and training pipelines. */
export async function startAct(options: ActOptions): Promise<{
  readonly duties: readonly Duty[];
  stop(): Promise<void>;
}> {
  const { config, pool, catalog, queue, clock, log, timing = TIMING } = options;
  await forgetMovedEndpoints(config, pool, log);
  const delivering = {
    deliveries: deliveryStore(pool),
    endpoints: endpointStore(pool),
    outbox: outboxMessages(pool),
    clock,
    random: Math.random,
    leaseMs: timing.leaseMs,
    guard: createAddressGuard(config.outbound.allowPrivate),
    log,
    hide: hideTexts(secretTexts(config)),
  };
  const channelsOf = (model: string) => catalog.model(model)?.spec.alerts.channels ?? [];
  const mailer = config.smtp === null ? null : createSmtpMailer(config.smtp.url, config.smtp.ca);
  queue.work(
    'notify',
    createNotifyHandler({
      ...delivering,
      retry: MAIL_RETRY,
      postRetry: WEBHOOK_RETRY,
      channels: config.channels,
      // People of other models rather than nobody.
      channelsNear: (model) => [...new Set([...channelsOf(model), ...config.channels.keys()])],
      mailer,
      breakers: smtpBreakers(pool),
      recipients: mailRecipients(pool),
      mail: mailSettings(config),
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
      channelsOf,
      publicUrl: config.publicUrl,
    }),
    CONCURRENT_DELIVERIES,
  );
  const stopping = new AbortController();
  const repost = async (): Promise<void> => {
    const told = async (channel: string, endedSinceMs: number) =>
      await loadToldIncidents(pool, channel, endedSinceMs);
    const context = { publicUrl: config.publicUrl, timeZone: config.timezone };
    const deps = {
      channels: config.channels,
      told,
      guard: delivering.guard,
      context,
      log,
      hide: delivering.hide,
    };
    await repostAlerts(deps, clock.nowMs(), stopping.signal);
  };
  queue.work(
    'retrain_poll',
    createRetrainPollHandler({
      outbox: delivering.outbox,
      runs: {
        load: async (id) => await loadPolledRun(pool, id),
        record: createRetrainReports({ pool, catalog, log }).record,
      },
      webhooks: config.webhooks,
      guard: delivering.guard,
      clock,
      log,
      hide: delivering.hide,
    }),
    CONCURRENT_POLLS,
  );
  return {
    duties: [
      { name: 'alerts for Alertmanager', role: 'act', everyMs: REPOST_EVERY_MS, run: repost, leader: true },
    ],
    stop: async () => {
      stopping.abort();
      mailer?.close();
      await Promise.resolve();
    },
  };
}

/** An endpoint that was disabled is another one once its address has changed. */
async function forgetMovedEndpoints({ channels, webhooks }: Config, pool: Pool, log: Log): Promise<void> {
  const endpoints = [
    ...[...channels].flatMap(([name, channel]) =>
      channel.type === 'email' ? [] : [channelEndpoint(name, channel)],
    ),
    ...[...webhooks].map(([name, webhook]) => webhookEndpoint(name, webhook)),
  ];
  for (const { section, name } of await forgetChangedEndpoints(pool, endpoints)) {
    log.info({ section, name, reason: 'address_changed' }, 'an endpoint that was disabled is enabled again');
  }
}
