/** Configurations in which every text that may be a secret is one of its own, so that what prints one is caught by name. */
import { PRESET_PARAMS } from '../../src/config/schema/channels.ts';
import type { Config } from '../../src/config/resolve.ts';
import { configOf } from './example.ts';

export const CANARY = /canary[a-z0-9]{4,}/gi;

export interface Outside {
  readonly database: string;
  /** Where channels and webhooks go. */
  readonly http: string;
  readonly smtp: string;
  readonly redis: string | null;
  readonly brokers: string;
  readonly registry: string;
}

export const NOWHERE: Outside = {
  database: 'postgres://127.0.0.1:1/shiftwatch',
  http: 'http://127.0.0.1:1',
  smtp: 'smtp://127.0.0.1:1',
  redis: 'redis://127.0.0.1:1/3',
  brokers: '127.0.0.1:1',
  registry: 'http://127.0.0.1:1',
};

let made = 0;
function canary(): string {
  made += 1;
  return `canary${made.toString(36).padStart(4, '0')}secret`;
}

/** A URL with a canary in each part that may hold a secret. */
function secretUrl(base: string, parts: { readonly path?: string; readonly bare?: boolean } = {}): string {
  const url = new URL(base);
  url.username = canary();
  url.password = canary();
  if (parts.bare !== true) {
    url.pathname = parts.path ?? `/services/${canary()}/${canary()}`;
    url.searchParams.set('token', canary());
    url.searchParams.set(canary(), '1');
    url.searchParams.set('plain', canary());
    url.hash = canary();
  }
  return url.href;
}

/** Also the ways in which a text is written into the file: by itself, and by a variable. */
export function canaryFile(outside: Outside, sasl: 'plain' | 'oauthbearer', registry: 'basic' | 'bearer') {
  const headers = () => ({ Authorization: `Bearer ${canary()}`, 'X-Key': canary() });
  const hook = () => secretUrl(outside.http);
  const presets = Object.entries<{ readonly must: readonly string[]; readonly may: readonly string[] }>(
    PRESET_PARAMS,
  );
  return {
    database: outside.database,
    queue: outside.redis === null ? {} : { backend: 'redis', url: secretUrl(outside.redis, { bare: true }) },
    public_url: 'https://shiftwatch.example.org',
    auth: {
      tokens: true,
      oidc: {
        name: 'Example',
        issuer: `https://login.example.org/?${canary()}`,
        client_id: 'shiftwatch',
        client_secret: canary(),
        roles: { read: ['everybody'] },
      },
    },
    kafka: {
      brokers: outside.brokers,
      topics: { predictions: ['p'] },
      ssl: { ca: canary(), cert: canary(), key: canary() },
      sasl:
        sasl === 'plain'
          ? { mechanism: 'plain', username: canary(), password: canary() }
          : {
              mechanism: 'oauthbearer',
              token_url: secretUrl(outside.http),
              client_id: canary(),
              client_secret: canary(),
              scope: canary(),
            },
    },
    schema_registry: {
      url: secretUrl(outside.registry),
      ...(registry === 'basic' ? { username: canary(), password: canary() } : { token: canary() }),
    },
    privacy: { key: `${canary()}-${canary()}` },
    models: [
      {
        name: 'm',
        task: 'regression',
        privacy: { hash: ['email'] },
        alerts: { channels: ['mail', 'slack', 'teams', 'pager', 'manager', 'hook', 'hook-am'] },
        retrain: { webhook: 'template', triggers: { drift: ['concept_drift'] } },
      },
    ],
    smtp: { url: secretUrl(outside.smtp, { bare: true }), from: 'sw@example.org', ca: canary() },
    outbound: { allow_private: ['127.0.0.1'] },
    channels: {
      mail: { type: 'email', to: ['ops@example.org'] },
      slack: { type: 'slack', url: hook() },
      teams: { type: 'teams', url: hook() },
      pager: { type: 'pagerduty', url: hook(), routing_key: canary() },
      manager: { type: 'alertmanager', url: hook(), headers: headers() },
      hook: { type: 'webhook', url: hook(), headers: headers(), secret: canary() },
      'hook-am': { type: 'webhook', format: 'alertmanager', url: hook(), secret: [canary(), canary()] },
    },
    webhooks: Object.fromEntries(
      presets.map(([preset, { must, may }]) => [
        preset,
        {
          preset,
          url: hook(),
          secret: [canary(), canary()],
          headers: headers(),
          params: Object.fromEntries(
            [...must, ...may].map((name) => [name, name === 'job_id' ? '7' : paramOf(name)]),
          ),
          ...(preset === 'sagemaker' && {
            aws: {
              region: 'eu-central-1',
              access_key_id: canary(),
              secret_access_key: canary(),
              session_token: canary(),
            },
          }),
          ...(preset === 'vertex' && {
            google: {
              credentials: {
                file: JSON.stringify({
                  client_email: canary(),
                  private_key: canary(),
                  private_key_id: canary(),
                }),
              },
            },
          }),
          ...(preset === 'template' && {
            template: {
              body: { token: canary(), list: [{ variables: { k: canary() } }], run: { $var: 'run_id' } },
            },
            poll: {
              url: secretUrl(outside.http),
              status_path: 'state',
              states: { succeeded: ['ok'], failed: ['bad'] },
            },
          }),
        },
      ]),
    ),
  };
}

function paramOf(name: string): string {
  return /uri|directory/.test(name) ? `gs://bucket/${canary()}?sig=${canary()}` : 'name-of-theirs';
}

export async function canaryConfig(file: object): Promise<Config> {
  return await configOf(JSON.stringify(file), {});
}

/** The canaries in a text, also as Basic authentication spells them. */
export function found(text: string): string[] {
  const decoded = [...text.matchAll(/[A-Za-z0-9+/]{24,}={0,2}/g)].map(([part]) =>
    Buffer.from(part, 'base64').toString('latin1'),
  );
  return [...`${text}\n${decoded.join('\n')}`.matchAll(CANARY)].map(([name]) => name);
}
