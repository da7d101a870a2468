import { MAIL_RETRY, WEBHOOK_RETRY } from '../../act/retry-policy.ts';
import { DELIVERY_LEASE_MS } from '../../act/delivery.ts';
import { channelEndpoint, webhookEndpoint } from '../../act/endpoint.ts';
import { repostAlerts } from '../../act/channels/alertmanager/repost-alerts.ts';
import { createSmtpMailer } from '../../act/channels/mail/smtp-mailer.ts';
import { createNotifyHandler } from '../../act/notify-handler.ts';
import type { JobQueue } from '../../act/queue/job-queue.ts';
import { createRetrainHandler } from '../../act/retrain-handler.ts';
import { createRetrainPollHandler } from '../../act/retrain-poll-handler.ts';
import { createAddressGuard } from '../../act/webhook/address-guard.ts';
import type { Config } from '../../config/resolve.ts';
import { secretTexts } from '../../config/mask-secrets.ts';
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
import type { Turn } from './duty.ts';
import type { DutyLine } from './duty-table.ts';
import type { Line } from './line.ts';
import { loadPolledRun, retrainRuns } from '../../store/retrain/runs.ts';
import { createRetrainReports } from '../retrain/reports.ts';

export interface ActOptions extends Pick<Line, 'config' | 'pool' | 'catalog' | 'clock' | 'log'> {
  readonly queue: JobQueue;
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
export async function startAct(options: ActOptions): Promise<{ stop(): Promise<void> }> {
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
    stop: async () => {
      mailer?.close();
      await Promise.resolve();
    },
  };
}

/** The duty of whoever acts. */
export function repostingAlerts({ config, pool, log, stopping }: DutyLine): Turn {
  const deps = {
    channels: config.channels,
    told: async (channel: string, endedSinceMs: number) =>
      await loadToldIncidents(pool, channel, endedSinceMs),
    guard: createAddressGuard(config.outbound.allowPrivate),
    context: { publicUrl: config.publicUrl, timeZone: config.timezone },
    log,
    hide: hideTexts(secretTexts(config)),
  };
  return async (nowMs) => await repostAlerts(deps, nowMs, stopping);
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
