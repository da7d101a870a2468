import { readFile } from 'node:fs/promises';
import { UserError } from '../../core/errors.ts';
import type { Clock } from '../../core/clock.ts';
import { systemClock } from '../../core/clock.ts';
import type { OauthLogin } from './kafka-options.ts';

const TIMEOUT_MS = 10_000;
/** A token is asked for anew when this much of its life is over. */
const FRESH_FOR = 0.8;

/**
 * Tokens for OAUTHBEARER: from a file that something else keeps fresh, or by the client credentials grant
 * (RFC 6749, 4.4). One token serves all connections until most of its life is over.
 */
export function createTokenSource(login: OauthLogin, clock: Clock = systemClock): () => Promise<string> {
  if ('tokenFile' in login) return async () => await fromFile(login.tokenFile);
  let held: { readonly token: string; readonly untilMs: number } | null = null;
  let asking: Promise<string> | null = null;
  return async () => {
    if (held !== null && clock.nowMs() < held.untilMs) return held.token;
    asking ??= askFor(login)
      .then(({ token, lifeMs }) => {
        held = { token, untilMs: clock.nowMs() + lifeMs * FRESH_FOR };
        return token;
      })
      .finally(() => (asking = null));
    return await asking;
  };
}

async function fromFile(path: string): Promise<string> {
  try {
    return (await readFile(path, 'utf8')).trim();
  } catch (cause) {
    throw new UserError(`the Kafka token in ${path} cannot be read`, {
      fix: 'Check `kafka.sasl.token_file`.',
      cause,
    });
  }
}

async function askFor(
  login: Exclude<OauthLogin, { tokenFile: string }>,
): Promise<{ token: string; lifeMs: number }> {
  const { tokenUrl, clientId, clientSecret, scope } = login;
  const fix = 'Check `kafka.sasl`: `token_url`, `client_id`, `client_secret` and `scope`.';
  const form = new URLSearchParams({ grant_type: 'client_credentials' });
  if (scope !== null) form.set('scope', scope);
  // Each half is encoded as in a form before the colon joins them.
  const credentials = [clientId, clientSecret].map(encodeURIComponent).join(':');
  const url = new URL(tokenUrl);
  // `fetch` refuses an address with a user in it, and repeats it. The client's own credentials are what counts here.
  url.username = '';
  url.password = '';
  const response = await fetch(url, {
    method: 'POST',
    headers: {
      accept: 'application/json',
      authorization: `Basic ${Buffer.from(credentials).toString('base64')}`,
    },
    body: form,
    redirect: 'error',
    signal: AbortSignal.timeout(TIMEOUT_MS),
  }).catch((cause: unknown) => {
    throw new UserError(`${url.host} gave no Kafka token: it does not answer`, { fix, cause });
  });
  const answer: unknown = await response.json().catch(() => null);
  const token = field(answer, 'access_token');
  if (!response.ok || typeof token !== 'string') {
    const why = field(answer, 'error');
    const said = typeof why === 'string' ? `${response.status}, ${why}` : `${response.status}`;
    throw new UserError(`${url.host} gave no Kafka token: it answered ${said}`, { fix });
  }
  const seconds = field(answer, 'expires_in');
  return { token, lifeMs: typeof seconds === 'number' && seconds > 0 ? seconds * 1_000 : 0 };
}

function field(answer: unknown, name: string): unknown {
  if (typeof answer !== 'object' || answer === null || !(name in answer)) return undefined;
  return (answer as Record<string, unknown>)[name];
}
