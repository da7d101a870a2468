import type { FastifyReply, FastifyRequest } from 'fastify';

const NAMES = { session: 'shiftwatch_session', attempt: 'shiftwatch_login' } as const;
export type OwnCookie = keyof typeof NAMES;

export interface CookieTerms {
  /** `lax`: also sent when another site leads here, as a provider does at the end of a sign-in. */
  readonly sameSite: 'Strict' | 'Lax';
  readonly maxAgeMs: number;
}

/** Where people reach this server; null: by whatever address they use. */
export type PublicUrl = string | null;

/**
 * Whether browsers come by https: `public_url` says so, or this server speaks it. Headers say nothing of it, because anybody may send
 * them.
 */
function isSecure(request: FastifyRequest, publicUrl: PublicUrl): boolean {
  return publicUrl?.startsWith('https:') === true || request.protocol === 'https';
}

/** Over https only the name with the prefix counts: a neighbouring domain can set the other one. */
function nameOf(cookie: OwnCookie, secure: boolean): string {
  return secure ? `__Host-${NAMES[cookie]}` : NAMES[cookie];
}

/** Null: there is none. */
export function readCookie(request: FastifyRequest, cookie: OwnCookie, publicUrl: PublicUrl): string | null {
  const start = `${nameOf(cookie, isSecure(request, publicUrl))}=`;
  const found = (request.headers.cookie ?? '').split(';').find((pair) => pair.trim().startsWith(start));
  return found === undefined ? null : found.trim().slice(start.length);
}

/** @param value of letters that cookies hold; null takes it back */
export function setCookie(
  request: FastifyRequest,
  reply: FastifyReply,
  cookie: OwnCookie,
  value: string | null,
  { sameSite, maxAgeMs, publicUrl }: CookieTerms & { readonly publicUrl: PublicUrl },
): void {
  const secure = isSecure(request, publicUrl);
  const seconds = value === null ? 0 : Math.max(0, Math.floor(maxAgeMs / 1_000));
  const parts = [
    `${nameOf(cookie, secure)}=${value ?? ''}`,
    'Path=/',
    `Max-Age=${seconds}`,
    'HttpOnly',
    `SameSite=${sameSite}`,
    ...(secure ? ['Secure'] : []),
  ];
  // Several of these add up to several headers.
  void reply.header('set-cookie', parts.join('; '));
}
