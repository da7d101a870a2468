import { z } from 'zod';
import { mailAddress, url } from './values.ts';

/** Names other versions give a meaning to. They are refused by name, so that nobody believes them to work. */
const RESERVED_CHANNEL_TYPES = ['slack', 'teams', 'pagerduty', 'webhook', 'opsgenie', 'discord', 'telegram'];
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

const CHANNEL_TYPES = ['email'] as const;
export const channelSchema = z.strictObject({
  type: z.enum(CHANNEL_TYPES, { error: reservedValue(RESERVED_CHANNEL_TYPES, CHANNEL_TYPES) }),
  to: z.array(mailAddress).min(1),
});

export const smtpSchema = z.strictObject({
  url: url(['smtp:', 'smtps:'], 'smtp://user:password@mail.example.org:587'),
  from: mailAddress,
});

const PRESETS = ['standard', 'airflow'] as const;
export const webhookSchema = z.strictObject({
  preset: z.enum(PRESETS, { error: reservedValue(RESERVED_PRESETS, PRESETS) }).default('standard'),
  url: url(['https:', 'http:'], 'https://example.org/hooks/retrain'),
  secret: z
    .string()
    .min(1)
    .refine(isUsableSecret, { error: 'what follows whsec_ must be base64, as the Standard Webhooks make it' })
    .optional()
    .meta({ description: 'signs the request; required by preset standard' }),
  headers: z.record(headerName(), z.string()).default({}),
});

/** Plain text is a key as it is. */
function isUsableSecret(text: string): boolean {
  if (!text.startsWith('whsec_')) return true;
  return /^[A-Za-z0-9+/]+={0,2}$/.test(text.slice('whsec_'.length));
}

function headerName() {
  return z.string().regex(/^[A-Za-z0-9!#$%&'*+.^_`|~-]+$/, { error: 'not an HTTP header name' });
}
