import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { loginPage, onwardPage } from '../../dashboard/login-page.ts';
import type { OidcDesk, OidcRefusal } from '../api-deps.ts';
import type { App } from '../app.ts';
import { limitWork } from '../body-limit.ts';
import { ProblemError, retryAfter } from '../problem.ts';
import { ATTEMPT_COOKIE, newAttempt, readAttempt } from '../session/attempt.ts';
import { readCookie, setCookie } from '../session/cookies.ts';
import { loginOf } from '../session/identify.ts';
import { returnPath } from '../session/return-path.ts';
import { sendPage } from '../session/send-page.ts';
import { beginSignedIn, noteRefusedSignIn, type RefusedSignIn, type SignInDeps } from '../session/sign-in.ts';

const config = { access: 'open' } as const;
const schema = {
  hide: true,
  querystring: z.object({ to: z.string().optional().catch(undefined) }),
} as const;
/** Each asks the provider. */
const AT_ONCE = 16;
const CALLBACK = '/login/oidc/callback';

/** The page on which people sign in, and the way to a provider and back. */
export function addLoginRoutes(app: App, deps: SignInDeps): void {
  app.get('/login', { config, schema }, async (request, reply) => {
    const to = returnPath(request.query.to);
    // A link in a mail: this page's own request is sent with the cookie, and may show that nobody has to sign in.
    if (request.query.to !== undefined && fromElsewhere(request)) return sendPage(reply, onwardPage(to));
    if ((await loginOf(request, deps)) !== null) return await reply.redirect(to, 303);
    return sendLogin(deps, reply, to, null);
  });
  const { oidc } = deps;
  if (oidc === null) return;
  void app.register((scope: App, _options, done) => {
    limitWork(scope, AT_ONCE);
    addProviderRoutes(scope, deps, oidc);
    done();
  });
}

function addProviderRoutes(app: App, deps: SignInDeps, oidc: OidcDesk): void {
  const { clock, publicUrl } = deps;
  app.get('/login/oidc', { config, schema }, async (request, reply) => {
    const nowMs = clock.nowMs();
    const { cookie, attempt } = newAttempt(returnPath(request.query.to), nowMs);
    if (needsPublicUrl(request, publicUrl)) return sendLogin(deps, reply.code(503), attempt.to, NO_ADDRESS);
    const begun = await oidc.begin(callbackOf(request, publicUrl), attempt.secrets, nowMs);
    if (!begun.ok) return await sendUnavailable(deps, oidc, reply, attempt.to);
    setCookie(request, reply, 'attempt', cookie, { ...ATTEMPT_COOKIE, publicUrl });
    return await reply.redirect(begun.value.href, 302);
  });

  app.get(CALLBACK, { config, schema: { hide: true } }, async (request, reply) => {
    const nowMs = clock.nowMs();
    const attempt = readAttempt(readCookie(request, 'attempt', publicUrl), nowMs);
    // Once, whatever becomes of it.
    setCookie(request, reply, 'attempt', null, { ...ATTEMPT_COOKIE, publicUrl });
    if (attempt === null) return await refuse(deps, request, reply, '/', NOT_BEGUN);
    const callback = callbackOf(request, publicUrl);
    callback.search = new URL(request.url, callback).search;
    const { to, secrets } = attempt;
    if (callback.searchParams.getAll('state').join() !== secrets.state) {
      return await refuse(deps, request, reply, to, { ...NOT_BEGUN, reason: 'oidc: state' });
    }
    const user = await oidc.finish(callback, secrets, nowMs);
    if (!user.ok && user.error.reason === 'unavailable') return await sendUnavailable(deps, oidc, reply, to);
    if (!user.ok) return await refuse(deps, request, reply, to, ofProvider(oidc, user.error));
    const { scopes, subject } = user.value;
    if (scopes.length === 0) {
      const sentence = `${oidc.name} knows you, but the claim \`${oidc.claim}\` of your login has no value that lets you in here. Who runs shiftwatch names them in \`auth.oidc.roles\`.`;
      const refused = { sentence, reason: `oidc: no role in claim ${oidc.claim}`, actor: `oidc:${subject}` };
      return await refuse(deps, request, reply, to, refused, 403);
    }
    const begun = await beginSignedIn(deps, request, reply, { via: 'oidc', ...user.value });
    if (!begun.ok) return await refuse(deps, request, reply, to, begun.error);
    return fromElsewhere(request) ? sendPage(reply, onwardPage(to)) : await reply.redirect(to, 303);
  });
}

const NOT_BEGUN: RefusedSignIn = {
  sentence: 'This sign-in was not begun in this browser, or too long ago. Begin it again.',
  reason: 'oidc: not begun here',
};

function ofProvider({ name }: OidcDesk, { detail }: OidcRefusal): RefusedSignIn {
  return { sentence: `The sign-in with ${name} does not count. Begin it again.`, reason: `oidc: ${detail}` };
}

/** The cookie of a session is not sent with what another site leads to, redirects of ours included. */
function fromElsewhere({ headers }: FastifyRequest): boolean {
  return headers['sec-fetch-site'] === 'cross-site';
}

/** As the provider knows it: it refuses every other one. */
function callbackOf(request: FastifyRequest, publicUrl: string | null): URL {
  const origin = publicUrl ?? `${request.protocol}://${request.host}`;
  if (URL.canParse(`${origin}${CALLBACK}`)) return new URL(`${origin}${CALLBACK}`);
  throw new ProblemError('bad_request', { detail: 'The Host header names no host.' });
}

/**
 * Whether a proxy came by https and passes it on to this server, which does not know its own address. What a header says is
 * not built upon, because anybody may send it: the redirect address would be what a stranger says.
 */
function needsPublicUrl(request: FastifyRequest, publicUrl: string | null): boolean {
  return (
    publicUrl === null && request.protocol === 'http' && request.headers['x-forwarded-proto'] === 'https'
  );
}

const NO_ADDRESS =
  'Browsers come here by a proxy, and this server does not know its own address. Who runs shiftwatch sets `public_url` to it; until then, sign in with a token.';

async function refuse(
  deps: SignInDeps,
  request: FastifyRequest,
  reply: FastifyReply,
  to: string,
  refused: RefusedSignIn,
  status: 401 | 403 = 401,
): Promise<FastifyReply> {
  const againMs = await noteRefusedSignIn(deps, request, refused);
  if (againMs !== null) reply.headers(retryAfter(againMs));
  return sendLogin(deps, reply.code(againMs === null ? status : 429), to, refused.sentence);
}

async function sendUnavailable(
  deps: SignInDeps,
  { name }: OidcDesk,
  reply: FastifyReply,
  to: string,
): Promise<FastifyReply> {
  const said = `${name} cannot be asked at the moment. Try again, or sign in with a token.`;
  return sendLogin(deps, reply.code(503).header('retry-after', '5'), to, said);
}

function sendLogin(
  { oidc }: SignInDeps,
  reply: FastifyReply,
  to: string,
  refusal: string | null,
): FastifyReply {
  return sendPage(reply, loginPage({ to, provider: oidc?.name ?? null, refusal }));
}
