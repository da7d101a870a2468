import { MINUTE_MS } from '../../../core/clock.ts';
import type { IncidentNews } from '../../../core/jobs.ts';
import type { HideTexts } from '../../../core/hide-texts.ts';
import type { Log } from '../../../core/log.ts';
import type { AddressGuard } from '../../webhook/address-guard.ts';
import { postWebhook } from '../../webhook/post-webhook.ts';
import { incidentState } from '../../message/incident-key.ts';
import type { CallContext, PostedChannel } from '../posted-channel.ts';
import { alertsCall } from './compose-alertmanager.ts';

/** So long Alertmanager is told that an alert is over: one of a pair may have been away. */
const REPEAT_END_FOR_MS = 5 * MINUTE_MS;
/** A turn must be over before the next one. */
const ANSWER_WITHIN_MS = 20_000;

export interface RepostDeps {
  readonly channels: ReadonlyMap<string, { readonly type: string } | PostedChannel>;
  /** What a channel was told last of each incident that is open, or has ended since. */
  readonly told: (channel: string, endedSinceMs: number) => Promise<readonly IncidentNews[]>;
  readonly guard: AddressGuard;
  readonly context: Pick<CallContext, 'publicUrl' | 'timeZone'>;
  readonly log: Log;
  readonly hide: HideTexts;
}

/**
 * Tells each Alertmanager again what it was told, because it forgets alerts that are not repeated. Only what was
 * delivered is repeated: whatever holds a notification back holds this back too. A turn that fails is made up for by the
 * next one, so there is nothing to write down.
 */
export async function repostAlerts(deps: RepostDeps, nowMs: number, signal: AbortSignal): Promise<void> {
  for (const [name, channel] of deps.channels) {
    if (!isAlertmanager(channel)) continue;
    const told = await deps.told(name, nowMs - REPEAT_END_FOR_MS);
    const alerts = told.filter((notification) => incidentState(notification) !== 'untouched');
    if (alerts.length === 0) continue;
    const call = alertsCall(alerts, channel, { ...deps.context, atMs: nowMs });
    const { guard, hide } = deps;
    const { outcome, detail } = await postWebhook(call, {
      nowMs,
      signal,
      guard,
      hide,
      timeoutMs: ANSWER_WITHIN_MS,
    });
    if (outcome !== 'sent') {
      deps.log.warn({ channel: name, reason: outcome, detail }, 'an Alertmanager was not told again');
    }
  }
}

function isAlertmanager(
  channel: { readonly type: string } | PostedChannel,
): channel is Extract<PostedChannel, { type: 'alertmanager' }> {
  return channel.type === 'alertmanager';
}
