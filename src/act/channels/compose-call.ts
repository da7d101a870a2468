import { alertmanagerCall } from './alertmanager/compose-alertmanager.ts';
import { pagerdutyCall } from './pagerduty/compose-pagerduty.ts';
import type { ComposeCall } from './posted-channel.ts';
import { signedWebhookCall } from './webhook/signed-webhook.ts';
import { slackCall } from './slack/compose-slack.ts';
import { teamsCall } from './teams/compose-teams.ts';

/** The request that tells a channel of a notification. Of two attempts only timestamps and signatures differ. */
export const composeCall: ComposeCall = (notification, channel, context) => {
  switch (channel.type) {
    case 'slack':
      return slackCall(notification, channel, context);
    case 'teams':
      return teamsCall(notification, channel, context);
    case 'pagerduty':
      return pagerdutyCall(notification, channel, context);
    case 'alertmanager':
      return alertmanagerCall(notification, channel, context);
    case 'webhook':
      return signedWebhookCall(notification, channel, context);
  }
};
