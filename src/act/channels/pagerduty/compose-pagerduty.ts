import { fail, ok } from '../../../core/result.ts';
import { messageContent } from '../../message/message-content.ts';
import { findingOf } from '../../message/finding-of.ts';
import { movedLine } from '../../message/moved-features.ts';
import { incidentKey, incidentSeverity, incidentState } from '../../message/incident-key.ts';
import { type ComposeCall, jsonCall, type PostedChannel } from '../posted-channel.ts';

const MAX_SUMMARY = 1_024;

/** An event for PagerDuty's Events API v2. All events of an incident carry one `dedup_key`; its end resolves it. */
export const pagerdutyCall: ComposeCall<Extract<PostedChannel, { type: 'pagerduty' }>> = (
  notification,
  { url, routingKey },
  { publicUrl, timeZone },
) => {
  const state = incidentState(notification);
  if (state === 'untouched' || notification.about === 'digest') return fail('not_for_channel');
  const content = messageContent(notification, { publicUrl, timeZone });
  const { model, modelVersion, segment, cause, firedVerdict, diagnosis, windowEndMs } =
    findingOf(notification);
  return ok(
    jsonCall(url, {
      routing_key: routingKey,
      event_action: state === 'over' ? 'resolve' : 'trigger',
      dedup_key: incidentKey(notification),
      client: 'shiftwatch',
      ...(content.link === null ? {} : { client_url: content.link }),
      ...(content.link === null ? {} : { links: [{ href: content.link, text: 'Open shiftwatch' }] }),
      payload: {
        summary: `${content.subjectOf}: ${content.headline}`.slice(0, MAX_SUMMARY),
        source: `${model}/${modelVersion}`.slice(0, 255),
        severity: incidentSeverity(notification),
        timestamp: new Date(windowEndMs).toISOString(),
        component: model,
        group: segment === '' ? modelVersion : segment,
        class: cause === 'shift' ? (firedVerdict ?? diagnosis.verdict) : cause,
        custom_details: {
          advice: diagnosis.advice,
          ...(content.summary !== null && { summary: content.summary }),
          facts: Object.fromEntries(content.facts),
          moved: content.moved.map((feature) => `${feature.name}: ${movedLine(feature)}`),
          evidence: content.evidence,
          figures: content.figures.flatMap(({ lines }) => lines),
        },
      },
    }),
  );
};
