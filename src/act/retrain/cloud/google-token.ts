import { createSign } from 'node:crypto';
import { SECOND_MS } from '../../../core/clock.ts';
import { displayText } from '../../../words/display-text.ts';
import type { Authorise } from '../../webhook/authorise.ts';
import { post } from '../../webhook/post.ts';

const TOKEN_URI = 'https://oauth2.googleapis.com/token';
const SCOPE = 'https://www.googleapis.com/auth/cloud-platform';
const LONGEST_S = 3_600;
/** A request that is under way when its token ends would be refused. */
const BEFORE_END_MS = 60 * SECOND_MS;

interface Token {
  readonly text: string;
  readonly untilMs: number;
}

/** By key file: whatever is sent with one takes the same. */
const tokens = new Map<string, Token>();

/**
 * Google's token of a service account, by a JWT that its key signs (RFC 7523). It is fetched when there is none or the one
 * there is ends within a minute, and lives in the memory of this process alone.
 */
export function withGoogleToken(keyFile: string): Authorise {
  return async (_, context) => {
    let token = tokens.get(keyFile);
    if (token === undefined || token.untilMs <= context.nowMs + BEFORE_END_MS) {
      token = await fetchToken(keyFile, context);
      tokens.set(keyFile, token);
    }
    const { text } = token;
    return {
      headers: { authorization: `Bearer ${text}` },
      hide: (answer) => answer.replaceAll(text, '***'),
      forget: () => void tokens.delete(keyFile),
    };
  };
}

/** @throws Error, without a word of the key, when no token is given */
async function fetchToken(
  keyFile: string,
  { nowMs, guard, signal }: Parameters<Authorise>[1],
): Promise<Token> {
  const key = JSON.parse(keyFile) as Record<string, string | undefined>;
  const uri = key['token_uri'] ?? TOKEN_URI;
  const iat = Math.floor(nowMs / SECOND_MS);
  const claims = { iss: key['client_email'], scope: SCOPE, aud: uri, iat, exp: iat + LONGEST_S };
  const form = new URLSearchParams({
    grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer',
    assertion: signedJwt(claims, key),
  });
  const type = { 'content-type': 'application/x-www-form-urlencoded' };
  const { status, answer } = await post(new URL(uri), type, form.toString(), guard, signal);
  const given = parsed(answer);
  const { access_token: text, expires_in: seconds } = given;
  if (status === 200 && typeof text === 'string' && text !== '' && typeof seconds === 'number') {
    return { text, untilMs: nowMs + seconds * SECOND_MS };
  }
  const why = typeof given['error'] === 'string' ? ` (${displayText(given['error'], 60)})` : '';
  throw new Error(`no token for the service account: HTTP ${status}${why}`);
}

function signedJwt(claims: object, key: Readonly<Record<string, string | undefined>>): string {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const text = `${part({ alg: 'RS256', typ: 'JWT', kid: key['private_key_id'] })}.${part(claims)}`;
  try {
    const signature = createSign('RSA-SHA256')
      .update(text)
      .sign(key['private_key'] ?? '', 'base64url');
    return `${text}.${signature}`;
  } catch {
    throw new Error('the private_key of the service account is no key in PEM');
  }
}

function parsed(answer: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(answer);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}
