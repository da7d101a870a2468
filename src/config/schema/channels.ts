import { validateHeaderValue } from 'node:http';
import { z } from 'zod';
import { DAY_MS, MINUTE_MS, SECOND_MS } from '../../core/clock.ts';
import { channelPath, webhookPath } from './known-paths.ts';
import { open, targetName } from './shown.ts';
import { duration, mailAddress, nonEmpty, openText, referenceName, url } from './values.ts';

/** Names other versions give a meaning to. They are refused by name, so that nobody believes them to work. */
const RESERVED_CHANNEL_TYPES = ['opsgenie', 'discord', 'telegram'];
/** Undefined lets the general message through. */
function reservedValue(reserved: readonly string[], allowed: readonly string[]) {
  return (issue: { readonly input?: unknown }): string | undefined =>
    typeof issue.input === 'string' && reserved.includes(issue.input)
      ? `"${issue.input}" is reserved and not available in this version; available: ${allowed.join(', ')}`
      : undefined;
}

const CHANNEL_TYPES = ['email', 'slack', 'teams', 'pagerduty', 'alertmanager', 'webhook'] as const;
const HTTP = ['https:', 'http:'] as const;
const MAX_SECRETS = 3;

/** One mapping for all types, so that a wrong key is told as such; `channelFits` says which type takes which keys. */
export const channelSchema = z.strictObject({
  type: z
    .enum(CHANNEL_TYPES, { error: reservedValue(RESERVED_CHANNEL_TYPES, CHANNEL_TYPES) })
    .meta({ description: 'which kind' }),
  to: z.array(mailAddress).min(1).optional().meta({ description: 'of `email`: addresses' }),
  url: url(HTTP, 'https://hooks.slack.com/services/…', channelPath).optional().meta({
    description:
      'of all others but `pagerduty`: where it is posted; a secret. Of Alertmanager its address, without `/api/v2`',
  }),
  routing_key: nonEmpty
    .optional()
    .meta({ description: 'of `pagerduty`: the integration key of Events API v2' }),
  format: z.enum(['standard', 'alertmanager']).optional().meta({
    description:
      'of `webhook`: a body of its own (`standard`, the default), or the one that Alertmanager posts',
  }),
  secret: secrets().optional().meta({
    description: 'of `webhook`: signs the request; may be a list',
  }),
  headers: z
    .record(headerName(), headerValue())
    .optional()
    .meta({ description: 'of `webhook` and `alertmanager`: sent along' }),
  fallback: referenceName
    .optional()
    .meta({ description: 'the channel that is told when this one reaches nobody; not in a circle' }),
  fallback_after: duration({ minMs: MINUTE_MS, maxMs: DAY_MS }).optional().meta({
    description: 'of `email`: how long the mail server may be down before the fallback is told; absent: 15m',
  }),
});

/** What is left out, where the type of the channel has it. */
export function withOwnDefaults(channel: z.output<typeof channelSchema>): z.output<typeof channelSchema> {
  return channel.type === 'webhook' ? { ...channel, format: channel.format ?? 'standard' } : channel;
}

/** Which keys a channel must have, and which it may, beside `type`. */
export const CHANNEL_KEYS: Readonly<
  Record<
    (typeof CHANNEL_TYPES)[number],
    { readonly must: readonly ChannelKey[]; readonly may: readonly ChannelKey[] }
  >
> = {
  email: { must: ['to'], may: ['fallback', 'fallback_after'] },
  slack: { must: ['url'], may: ['fallback'] },
  teams: { must: ['url'], may: ['fallback'] },
  pagerduty: { must: ['routing_key'], may: ['url', 'fallback'] },
  alertmanager: { must: ['url'], may: ['headers', 'fallback'] },
  webhook: { must: ['url'], may: ['format', 'secret', 'headers', 'fallback'] },
};
export type ChannelKey = Exclude<keyof z.output<typeof channelSchema>, 'type'>;

/** Host names, addresses and ranges. */
const HOST = /^[A-Za-z0-9._:-]+(?:\/\d{1,3})?$/;
export const outboundSchema = z.strictObject({
  allow_private: z
    .array(
      open(
        z.string().regex(HOST, { error: 'expected a host name, an address or a range such as 10.0.3.0/24' }),
      ),
    )
    .default([])
    .meta({
      description:
        'what channels and webhooks may reach beside public addresses: host names, addresses, ranges such as `10.0.3.0/24`',
    }),
});

export const smtpSchema = z.strictObject({
  url: url(['smtp:', 'smtps:'], 'smtp://user:password@mail.example.org:587').meta({
    description: '`smtp://user:password@host:587` or `smtps://…`',
  }),
  from: mailAddress.meta({ description: 'sender, `name@example.org` or `Name <name@example.org>`' }),
  ca: nonEmpty.optional().meta({
    description:
      'PEM of the authority that signed the mail server’s certificate; absent: the machine’s authorities',
  }),
});

/** Which parameters a preset must be given, and which it may. */
export const PRESET_PARAMS = {
  standard: { must: [], may: [] },
  airflow: { must: [], may: [] },
  github: { must: [], may: ['event_type'] },
  'github-workflow': { must: [], may: ['ref', 'input'] },
  argo: { must: ['namespace', 'workflow_template'], may: [] },
  'argo-events': { must: [], may: [] },
  kubeflow: { must: ['pipeline_id'], may: ['pipeline_version_id', 'experiment_id', 'service_account'] },
  prefect: { must: [], may: [] },
  dagster: { must: ['repository_location', 'repository', 'job'], may: [] },
  jenkins: { must: [], may: [] },
  databricks: { must: ['job_id'], may: [] },
  vertex: { must: ['template_uri', 'gcs_output_directory'], may: [] },
  sagemaker: { must: ['pipeline_name'], may: [] },
  template: { must: [], may: [] },
} as const satisfies Record<string, { readonly must: readonly string[]; readonly may: readonly string[] }>;
const PRESETS = Object.keys(PRESET_PARAMS) as (keyof typeof PRESET_PARAMS)[];

const templateSchema = z.strictObject({
  body: z.record(z.string(), z.unknown()).meta({
    description:
      'with preset `template`; `{ $var: model }` becomes the value itself, `{ $text: model }` its text',
  }),
  success: z
    .strictObject({
      status: z.array(z.int().min(100).max(599)).default([]),
      answer: z.record(z.string(), z.union([open(z.string()), z.number(), z.boolean()])).optional(),
    })
    .prefault({})
    .meta({ description: 'statuses that count beside 2xx; what must stand where in the JSON of the answer' }),
});
/** Presets whose interface tells how a run is; the others need `url`, `status_path` and `states`. */
export const POLLED_PRESETS: readonly string[] = [
  'airflow',
  'github-workflow',
  'prefect',
  'databricks',
  'jenkins',
];

const words = z.array(openText).min(1).max(50);
const pollSchema = z.strictObject({
  every: duration({ minMs: 5 * SECOND_MS, maxMs: DAY_MS })
    .default('1m')
    .meta({ description: 'how often a target is asked how its run is' }),
  url: url(['https:', 'http:'], 'https://example.org/runs/{external_id}').optional().meta({
    description:
      'asked by GET; may hold `{run_id}`, `{run_name}` (`shiftwatch-` and the run id), `{external_id}`. Of targets without an interface of their own, as those below',
  }),
  status_path: openText
    .optional()
    .meta({ description: 'where the state stands in the JSON that is answered, keys joined by dots' }),
  states: z
    .strictObject({
      running: words.optional().meta({ description: 'absent: every word that is in no other list' }),
      succeeded: words.meta({ description: 'what stands there after a success' }),
      failed: words.meta({ description: 'what stands there after a failure' }),
    })
    .optional(),
  new_version_path: openText.optional().meta({ description: 'where the new version stands' }),
  detail_path: openText.optional().meta({ description: 'where a sentence about it stands' }),
});

const awsSchema = z.strictObject({
  region: open(z.string().regex(/^[a-z0-9-]+$/, { error: 'expected a region such as eu-central-1' })).meta({
    description: 'of preset `sagemaker`, which is then signed by Signature Version 4',
  }),
  access_key_id: nonEmpty.meta({ description: 'of the keys it is signed with' }),
  secret_access_key: nonEmpty.meta({ description: 'of the same' }),
  session_token: nonEmpty.optional().meta({ description: 'of keys that are lent for a while' }),
});

const googleSchema = z.strictObject({
  credentials: z.strictObject({
    file: z
      .string()
      .refine(isServiceAccountKey, { error: "expected the path of a service account's key file (JSON)" })
      .meta({
        description: 'of preset `vertex`: path of the key of a service account, by which tokens are fetched',
      }),
  }),
});

/** What the path has led to. */
function isServiceAccountKey(text: string): boolean {
  try {
    const { client_email: email, private_key: key } = JSON.parse(text) as Record<string, unknown>;
    return typeof email === 'string' && typeof key === 'string';
  } catch {
    return false;
  }
}

export const webhookSchema = z.strictObject({
  preset: z.enum(PRESETS).default('standard').meta({ description: 'shape of the request' }),
  url: url(['https:', 'http:'], 'https://example.org/hooks/retrain', webhookPath).meta({
    description: 'where it is posted',
  }),
  secret: secrets().optional().meta({
    description:
      'signs the request; needed with `standard`. `whsec_…` is base64, any other text a key as it is; may be a list',
  }),
  headers: z
    .record(headerName(), headerValue())
    .default({})
    .meta({ description: 'sent along, such as `Authorization`' }),
  params: z
    .record(z.string(), targetName(z.string()))
    .default({})
    .meta({ description: 'what the preset needs to know of the target' }),
  template: templateSchema.optional().meta({ description: 'with preset template' }),
  aws: awsSchema.optional().meta({ description: 'with preset sagemaker: signs by Signature Version 4' }),
  google: googleSchema
    .optional()
    .meta({ description: 'with preset vertex: fetches tokens by the key of a service account' }),
  poll: pollSchema
    .optional()
    .meta({ description: 'asks how a run is, of targets that cannot report it themselves' }),
});

/** A list while a secret is being replaced: receivers take whichever they know. */
function secrets() {
  const list = z
    .array(secret())
    .min(1)
    .max(MAX_SECRETS, { error: `at most ${MAX_SECRETS} secrets: drop those that no receiver uses any more` });
  return z.union([secret(), list]);
}

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

function headerValue() {
  return z.string().refine(canBeSent, {
    error: 'HTTP cannot carry this value: it holds a line break, a control character or one outside Latin-1',
  });
}

function canBeSent(value: string): boolean {
  try {
    validateHeaderValue('value', value);
    return true;
  } catch {
    return false;
  }
}
