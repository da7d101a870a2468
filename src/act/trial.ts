/** What `channel test` and `webhook test` send: marked in every place that a receiver may look at. */
import type { SystemNews, RetrainRequest } from '../core/jobs.ts';

export function trialNotification(channel: string, id: string, nowMs: number): SystemNews {
  return {
    about: 'test',
    kind: 'test',
    decisionReason: 'test',
    incidentId: `test-${id}`,
    model: 'channel',
    modelVersion: channel,
    sinceMs: nowMs,
    summary: `This is a test of the channel ${channel}. Nothing has happened.`,
  };
}

export function trialRequest(webhook: string, runId: string, nowMs: number): RetrainRequest {
  return {
    test: true,
    runId,
    model: 'shiftwatch-test',
    modelVersion: 'test',
    trigger: 'schedule',
    reason: 'test',
    requestedAtMs: nowMs,
    window: null,
    verdict: null,
    advice: null,
    summary: `This is a test of the webhook ${webhook}. Nothing has to be retrained.`,
    evidence: [],
    performance: null,
  };
}
