import type { SystemNews } from '../core/jobs.ts';
import { displayText } from '../words/display-text.ts';

/** Tells the people of another channel that one has gone: they would miss its silence. A conversation of its own. */
export function endpointDisabledNotice(
  disabled: { readonly name: string; readonly deliveryId: string; readonly detail: string },
  nowMs: number,
): SystemNews {
  const { name, deliveryId, detail } = disabled;
  return {
    about: 'endpoint',
    kind: 'endpoint_disabled',
    decisionReason: 'endpoint_disabled',
    incidentId: `endpoint-${deliveryId}`,
    model: 'channel',
    modelVersion: name,
    sinceMs: nowMs,
    summary:
      `The channel ${displayText(name, 60)} said that it is gone for good: ${displayText(detail, 200)}. ` +
      'Nothing is sent there any more, and what comes meanwhile is kept as dead deliveries. Once it is right ' +
      'again: shiftwatch endpoint enable, then shiftwatch deliveries replay.',
  };
}
