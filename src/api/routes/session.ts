import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { loginPage } from '../../dashboard/login-page.ts';
import type { TokenGrant } from '../../store/tokens.ts';
import { unauthorized } from '../access.ts';
import { type App, failures } from '../app.ts';
import { ProblemError, retryAfter } from '../problem.ts';
import { setCookie } from '../session/cookies.ts';
import { csrfOf, expectCsrf } from '../session/csrf.ts';
import { identify, type Login, loginOf } from '../session/identify.ts';
import { returnPath } from '../session/return-path.ts';
import {
  noteRefusedSignIn,
  type RefusedSignIn,
  type SignInDeps,
  signInWithToken,
} from '../session/sign-in.ts';
import { sendPage } from '../session/send-page.ts';

const FORM = 'application/x-www-form-urlencoded';
const MAX_BODY_BYTES = 16 * 1024;
// Each asks by itself who calls, and notes what it does.
const config = { access: 'open', audit: null } as const;
const tags = ['session'];

const sessionAnswer = z
  .object({
    name: z.string(),
    scopes: z.array(z.enum(['read', 'ingest', 'operate'])),
    expires_at: z.iso.datetime().nullable().describe('Null: a token came with the request.'),
    via: z.enum(['token', 'oidc', 'bearer']),
    csrf: z
      .string()
      .nullable()
      .describe(
        'What requests that change something send as X-Shiftwatch-CSRF when they bring only the cookie.',
      ),
  })
  .meta({ id: 'Session' });

/** Where nobody can sign in, a browser that asks who has must not meet an error. */
export function addNoSession(app: App): void {
  app.get('/session', { config, schema: { hide: true } }, async (_request, reply) => reply.code(204).send());
}

/** Signing in and out by a browser. */
export function addSessionRoutes(app: App, deps: SignInDeps): void {
  void app.register((scope: App, _options, done) => {
    scope.addContentTypeParser(FORM, { parseAs: 'string' }, (_request, body, parsed) =>
      parsed(null, Object.fromEntries(new URLSearchParams(String(body)))),
    );
    addReading(scope, deps);
    addSignIn(scope, deps);
    addSignOut(scope, deps);
    done();
  });
}

function addReading(app: App, deps: SignInDeps): void {
  app.get(
    '/session',
    {
      config,
      schema: {
        tags,
        operationId: 'getSession',
        summary: 'Who is signed in',
        response: { 200: sessionAnswer, ...failures },
      },
    },
    async (request) => {
      const caller = await identify(request, deps);
      if (!caller.ok) throw unauthorized(request, caller.error);
      return answerOf(caller.value.grant, caller.value.login);
    },
  );
}

function answerOf({ name, scopes }: TokenGrant, login: Login | null): z.infer<typeof sessionAnswer> {
  const own = { name, scopes: [...scopes] };
  if (login === null) return { ...own, expires_at: null, via: 'bearer', csrf: null };
  return { ...own, expires_at: login.grant.expiresAt, via: login.grant.via, csrf: csrfOf(login.secret) };
}

function addSignIn(app: App, deps: SignInDeps): void {
  app.post(
    '/session',
    {
      config,
      bodyLimit: MAX_BODY_BYTES,
      schema: {
        tags,
        operationId: 'signIn',
        summary: 'Signs in with a token; the answer sets a cookie',
        security: [],
        consumes: ['application/json', FORM],
        body: z.object({ token: z.string().max(1_000), to: z.string().optional() }).meta({ id: 'SignIn' }),
        response: { 200: sessionAnswer, ...failures },
      },
    },
    async (request, reply) => {
      const to = returnPath(request.body.to);
      const outcome = await signInWithToken(deps, request, reply, request.body.token.trim());
      if (!outcome.ok) return await refuse(deps, request, reply, to, outcome.error);
      if (isForm(request)) return await reply.redirect(to, 303);
      return answerOf(outcome.value.grant, outcome.value);
    },
  );
}

async function refuse(
  deps: SignInDeps,
  request: FastifyRequest,
  reply: FastifyReply,
  to: string,
  refused: RefusedSignIn,
): Promise<FastifyReply> {
  const againMs = await noteRefusedSignIn(deps, request, refused);
  const headers = againMs === null ? {} : retryAfter(againMs);
  if (isForm(request)) {
    const refusal =
      againMs === null ? refused.sentence : `${refused.sentence} Too many tries: wait a minute.`;
    const provider = deps.oidc?.name ?? null;
    return sendPage(
      reply.code(againMs === null ? 401 : 429).headers(headers),
      loginPage({ to, provider, refusal }),
    );
  }
  if (againMs !== null) throw new ProblemError('too_many_refusals', { detail: refused.sentence, headers });
  throw unauthorized(request, refused.sentence);
}

function addSignOut(app: App, deps: SignInDeps): void {
  const schema = { tags, params: z.object({}) };
  app.delete(
    '/session',
    {
      config,
      schema: {
        ...schema,
        operationId: 'signOut',
        summary: 'Signs out',
        response: { 204: z.null(), ...failures },
      },
    },
    async (request, reply) => {
      await signOut(deps, request, reply, await loginOf(request, deps), undefined);
      return await reply.code(204).send(null);
    },
  );

  app.post(
    '/session/end',
    {
      config,
      bodyLimit: MAX_BODY_BYTES,
      schema: {
        ...schema,
        operationId: 'signOutByForm',
        summary: 'Signs out, for forms: `csrf` is a field',
        consumes: ['application/json', FORM],
        body: z.object({ csrf: z.string().max(200).optional() }).nullish(),
      },
    },
    async (request, reply) => {
      const login = await loginOf(request, deps);
      // A page may be older than its session.
      if (login !== null || !isForm(request)) await signOut(deps, request, reply, login, request.body?.csrf);
      return await (isForm(request) ? reply.redirect('/login', 303) : reply.code(204).send());
    },
  );
}

async function signOut(
  deps: SignInDeps,
  request: FastifyRequest,
  reply: FastifyReply,
  login: Login | null,
  field: string | undefined,
): Promise<void> {
  if (login === null) throw unauthorized(request, 'Nobody is signed in by this cookie.');
  expectCsrf(request, login.secret, field);
  await deps.sessions.end(login.secret, login.grant, request.ip, deps.clock.nowMs());
  setCookie(request, reply, 'session', null, { sameSite: 'Strict', maxAgeMs: 0, publicUrl: deps.publicUrl });
}

function isForm(request: FastifyRequest): boolean {
  return request.headers['content-type']?.toLowerCase().startsWith(FORM) === true;
}
