import { z } from 'zod';
import { mailAddress, nonEmpty, url } from './values.ts';

/** Names other versions give a meaning to. They are refused by name, so that nobody believes them to work. */
const RESERVED_CHANNEL_TYPES = ['opsgenie', 'discord', 'telegram'];
const RESERVED_PRESETS = [
  'github',
  'argo',
  'kubeflow',
  'vertex',
  'sagemaker',
  'jenkins',
  'prefect',
  'dagster',
  'databricks',
];

/** Undefined lets the general message through. */
function reservedValue(reserved: readonly string[], allowed: readonly string[]) {
  return (issue: { readonly input?: unknown }): string | undefined =>
    typeof issue.input === 'string' && reserved.includes(issue.input)
      ? `"${issue.input}" is reserved and not available in this version; available: ${allowed.join(', ')}`
      : undefined;
}

const CHANNEL_TYPES = ['email', 'slack', 'teams', 'pagerduty', 'alertmanager', 'webhook'] as const;
const HTTP = ['https:', 'http:'] as const;

/** One mapping for all types, so that a wrong key is told as such; `channelFits` says which type takes which keys. */
export const channelSchema = z.strictObject({
  type: z.enum(CHANNEL_TYPES, { error: reservedValue(RESERVED_CHANNEL_TYPES, CHANNEL_TYPES) }),
  to: z.array(mailAddress).min(1).optional().meta({ description: 'email: who receives it' }),
  url: url(HTTP, 'https://hooks.slack.com/services/…')
    .optional()
    .meta({ description: 'all others: where it is posted; of alertmanager its address without /api/v2' }),
  routing_key: nonEmpty.optional().meta({ description: 'pagerduty: the integration key of Events API v2' }),
  format: z
    .enum(['standard', 'alertmanager'])
    .optional()
    .meta({ description: 'webhook: a body of its own (default), or the one Alertmanager posts to webhooks' }),
  secret: secret().optional().meta({ description: 'webhook: signs the request, by Standard Webhooks' }),
  headers: z
    .record(headerName(), z.string())
    .optional()
    .meta({ description: 'webhook and alertmanager: sent with it' }),
});

/** Which keys a channel must have, and which it may, beside `type`. */
export const CHANNEL_KEYS: Readonly<
  Record<
    (typeof CHANNEL_TYPES)[number],
    { readonly must: readonly ChannelKey[]; readonly may: readonly ChannelKey[] }
  >
> = {
  email: { must: ['to'], may: [] },
  slack: { must: ['url'], may: [] },
  teams: { must: ['url'], may: [] },
  pagerduty: { must: ['routing_key'], may: ['url'] },
  alertmanager: { must: ['url'], may: ['headers'] },
  webhook: { must: ['url'], may: ['format', 'secret', 'headers'] },
};
export type ChannelKey = Exclude<keyof z.output<typeof channelSchema>, 'type'>;

export const smtpSchema = z.strictObject({
  url: url(['smtp:', 'smtps:'], 'smtp://user:password@mail.example.org:587'),
  from: mailAddress,
});

const PRESETS = ['standard', 'airflow'] as const;
export const webhookSchema = z.strictObject({
  preset: z.enum(PRESETS, { error: reservedValue(RESERVED_PRESETS, PRESETS) }).default('standard'),
  url: url(['https:', 'http:'], 'https://example.org/hooks/retrain'),
  secret: secret().optional().meta({ description: 'signs the request; required by preset standard' }),
  headers: z.record(headerName(), z.string()).default({}),
});

function secret() {
  return z.string().min(1).refine(isUsableSecret, {
    error: 'what follows whsec_ must be base64, as the Standard Webhooks make it',
  });
}

/** Plain text is a key as it is. */
function isUsableSecret(text: string): boolean {
  if (!text.startsWith('whsec_')) return true;
  return /^[A-Za-z0-9+/]+={0,2}$/.test(text.slice('whsec_'.length));
}

function headerName() {
  return z.string().regex(/^[A-Za-z0-9!#$%&'*+.^_`|~-]+$/, { error: 'not an HTTP header name' });
}
