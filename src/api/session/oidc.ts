import type * as Library from 'openid-client';
import type { OidcConfig } from '../../config/resolve.ts';
import { boundedLog } from '../../core/bounded-log.ts';
import { HOUR_MS } from '../../core/clock.ts';
import { boundedMessage } from '../../core/errors.ts';
import type { Log } from '../../core/log.ts';
import { fail, ok, type Result } from '../../core/result.ts';
import type { TokenScope } from '../../store/tokens.ts';
import type { OidcDesk, OidcRefusal, OidcUser } from '../api-deps.ts';

type Client = typeof Library;
type Claims = Readonly<Record<string, unknown>>;

const ANSWER_WITHIN_S = 8;
/** Then the provider's document is read anew. Its keys are read at every sign-in: they are rotated at any time. */
const KNOWN_FOR_MS = HOUR_MS;
const LONGEST_NAME = 100;
const LONGEST_SUBJECT = 255;

/**
 * Authorization code with PKCE, state and nonce. The ID token has to be signed by the provider's keys, of this issuer, for this client, with this
 * nonce, and not expired. What the ID token does not say of the claim and the name is asked of the provider (`userinfo`), which
 * must speak of the same subject.
 */
export function createOidc(config: OidcConfig, log: Log): OidcDesk {
  const provider = discovering(config);
  const troubles = boundedLog(log, 'OpenID sign-ins');
  const at = async <T>(
    nowMs: number,
    work: (client: Client, configuration: Library.Configuration) => Promise<T>,
  ): Promise<Result<T, OidcRefusal>> => {
    try {
      const client = await import('openid-client');
      const configuration = configurationOf(client, config, await provider(client, nowMs), nowMs);
      return ok(await work(client, configuration));
    } catch (error) {
      const refusal = refusalOf(error);
      // The kind only: answers of the provider may repeat what they were sent.
      const { issuer } = config;
      if (refusal.reason === 'refused')
        troubles.warn({ issuer, reason: refusal.detail }, 'a sign-in counts for nothing');
      else troubles.warn({ issuer, error: boundedMessage(error) }, 'the OpenID provider cannot be asked');
      return fail(refusal);
    }
  };
  return {
    name: config.name,
    claim: config.claim,
    begin: async (callback, { state, nonce, verifier }, nowMs) =>
      await at(nowMs, async (client, configuration) =>
        client.buildAuthorizationUrl(configuration, {
          redirect_uri: callback.href,
          scope: config.scopes.join(' '),
          state,
          nonce,
          code_challenge: await client.calculatePKCECodeChallenge(verifier),
          code_challenge_method: 'S256',
        }),
      ),
    finish: async (callback, { state, nonce, verifier }, nowMs) =>
      await at(nowMs, async (client, configuration) => {
        const tokens = await client.authorizationCodeGrant(configuration, callback, {
          expectedState: state,
          expectedNonce: nonce,
          pkceCodeVerifier: verifier,
          idTokenExpected: true,
        });
        const signed: Claims = { ...tokens.claims() };
        const subject = String(signed['sub']);
        const isWhole = valueAt(signed, config.claim) !== undefined && nameIn(signed) !== null;
        const canAsk = configuration.serverMetadata().userinfo_endpoint !== undefined;
        const asked =
          isWhole || !canAsk ? {} : await client.fetchUserInfo(configuration, tokens.access_token, subject);
        return userOf({ ...asked, ...signed }, subject, config);
      }),
  };
}

/** The provider's document, asked for once however many sign in meanwhile. What fails is asked again. */
function discovering({ issuer, clientId }: OidcConfig) {
  let known: { readonly atMs: number; readonly metadata: Promise<Library.ServerMetadata> } | null = null;
  return async (client: Client, nowMs: number): Promise<Library.ServerMetadata> => {
    if (known !== null && Math.abs(nowMs - known.atMs) < KNOWN_FOR_MS) return await known.metadata;
    const metadata = client
      .discovery(new URL(issuer), clientId, undefined, client.None(), {
        timeout: ANSWER_WITHIN_S,
        ...(issuer.startsWith('http:') && { execute: [client.allowInsecureRequests] }),
      })
      .then((found) => found.serverMetadata());
    const own = (known = { atMs: nowMs, metadata });
    metadata.catch(() => {
      if (known === own) known = null;
    });
    return await metadata;
  };
}

function configurationOf(
  client: Client,
  config: OidcConfig,
  server: Library.ServerMetadata,
  nowMs: number,
): Library.Configuration {
  const methods = server.token_endpoint_auth_methods_supported ?? ['client_secret_basic'];
  const authenticate = methods.includes('client_secret_basic')
    ? client.ClientSecretBasic
    : client.ClientSecretPost;
  const metadata = { [client.clockSkew]: Math.round((nowMs - Date.now()) / 1_000) };
  const configuration = new client.Configuration(
    server,
    config.clientId,
    metadata,
    authenticate(config.clientSecret),
  );
  configuration.timeout = ANSWER_WITHIN_S;
  client.enableNonRepudiationChecks(configuration);
  if (config.issuer.startsWith('http:')) client.allowInsecureRequests(configuration);
  return configuration;
}

function userOf(claims: Claims, subject: string, { issuer, claim, roles }: OidcConfig): OidcUser {
  const values = [valueAt(claims, claim)].flat();
  const has = (scope: 'read' | 'operate'): boolean => roles[scope].some((value) => values.includes(value));
  const scopes: TokenScope[] = has('operate') ? ['operate'] : has('read') ? ['read'] : [];
  return {
    issuer,
    subject: subject.slice(0, LONGEST_SUBJECT),
    name: nameIn(claims) ?? subject.slice(0, LONGEST_NAME),
    scopes,
  };
}

/** Of `realm_access.roles` what stands under `roles` in `realm_access`, unless a claim is called so. */
function valueAt(claims: Claims, claim: string): unknown {
  if (Object.hasOwn(claims, claim)) return claims[claim];
  let at: unknown = claims;
  for (const key of claim.split('.')) {
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, key)) return undefined;
    at = (at as Claims)[key];
  }
  return at;
}

function nameIn(claims: Claims): string | null {
  for (const key of ['name', 'preferred_username', 'email']) {
    const given = claims[key];
    const name =
      typeof given === 'string'
        ? given
            .replaceAll(/\p{Cc}/gu, ' ')
            .trim()
            .slice(0, LONGEST_NAME)
        : '';
    if (name !== '') return name;
  }
  return null;
}

/** Codes of the library that speak of the network or of the provider's health. What has no code is the network's. */
const NOT_OURS: ReadonlySet<unknown> = new Set([
  undefined,
  'OAUTH_TIMEOUT',
  'OAUTH_ABORT',
  'OAUTH_RESPONSE_IS_NOT_CONFORM',
]);

function refusalOf(thrown: unknown): OidcRefusal {
  const error = thrown as { code?: unknown; error?: unknown; cause?: { cause?: { claim?: unknown } } };
  // `access_denied`, `invalid_grant`: a word of the standard, and nothing else that stands there.
  if (typeof error.error === 'string') {
    return { reason: 'refused', detail: /^[a-z_]{1,40}$/.test(error.error) ? error.error : 'refused' };
  }
  if (NOT_OURS.has(error.code)) return { reason: 'unavailable', detail: 'the provider does not answer' };
  const claim = error.cause?.cause?.claim;
  if (typeof claim === 'string') return { reason: 'refused', detail: `id_token_${claim}` };
  const word = String(error.code).toLowerCase().replace('oauth_', '');
  // Some providers say in a header only that they do not know the client by this secret.
  return { reason: 'refused', detail: word === 'www_authenticate_challenge' ? 'invalid_client' : word };
}
