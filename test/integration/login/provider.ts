/** npm's `oidc-provider`, a real one, behind a server that can put another ID token into its answers: signed with its key, or not. */
import { createSign, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import { Provider } from 'oidc-provider';
import { atEnd } from '../../harness/cleanup.ts';
import { cookiesOf, listenAnywhere } from './signed-in.ts';

type Claims = Record<string, unknown>;

export const CLIENT = { id: 'shiftwatch', secret: 'a-secret-of-the-client-0123456789' };

/** By their `sub`. */
const PEOPLE: Readonly<Record<string, Claims>> = {
  ada: { name: 'Ada Lovelace', groups: ['ml-ops', 'staff'] },
  ben: { name: 'Ben', groups: ['staff'] },
  eve: { name: 'Eve', groups: ['visitors'] },
  nemo: {},
  'sub\u0007ject': { name: 'x'.repeat(300), groups: 'ml-ops' },
};

export interface Idp {
  readonly issuer: string;
  readonly provider: Provider;
  /** What becomes of ID tokens on their way; null: nothing. */
  tamper: ((claims: Claims, sign: (claims: Claims, header?: object) => string) => string) | null;
  /** Requests for tokens so far. */
  tokensAskedFor: number;
  stop(): Promise<void>;
}

export async function startProvider(
  callback: string,
  groupsInToken: boolean,
  host: '127.0.0.1' | 'localhost' = '127.0.0.1',
): Promise<Idp> {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2_048 });
  const jwk = { ...privateKey.export({ format: 'jwk' }), kid: 'k1', use: 'sig', alg: 'RS256' };
  let handle: (req: IncomingMessage, res: ServerResponse) => void = () => {};
  const inner = createServer((req, res) => handle(req, res));
  const innerPort = await listenAnywhere(inner);
  const front = createServer((req, res) => pass(req, res, innerPort, idp, privateKey));
  const issuer = `http://${host}:${await listenAnywhere(front)}`;
  const provider = new Provider(issuer, {
    clients: [{ client_id: CLIENT.id, client_secret: CLIENT.secret, redirect_uris: [callback] }],
    jwks: { keys: [jwk] },
    cookies: { keys: ['k'] },
    conformIdTokenClaims: !groupsInToken,
    scopes: ['openid', 'profile', 'groups'],
    claims: { openid: ['sub'], profile: ['name'], groups: ['groups'] },
    pkce: { required: () => true },
    findAccount: (_context, id) => ({ accountId: id, claims: () => ({ sub: id, ...PEOPLE[id] }) }),
    loadExistingGrant: async (context) => {
      const grant = new context.oidc.provider.Grant({
        clientId: CLIENT.id,
        accountId: context.oidc.session?.accountId ?? '',
      });
      grant.addOIDCScope('openid profile groups');
      await grant.save();
      return grant;
    },
  });
  provider.proxy = true;
  const callbackOf = provider.callback();
  handle = (req, res) => void callbackOf(req, res);
  const idp: Idp = {
    issuer,
    provider,
    tamper: null,
    tokensAskedFor: 0,
    stop: async () => {
      for (const server of [front, inner]) {
        server.closeAllConnections();
        await new Promise((resolve) => server.close(resolve));
      }
    },
  };
  atEnd(() => idp.stop());
  return idp;
}

function pass(req: IncomingMessage, res: ServerResponse, port: number, idp: Idp, key: KeyObject): void {
  const { method, url: path, headers } = req;
  if (path === '/token') idp.tokensAskedFor += 1;
  const onward = request({ host: '127.0.0.1', port, method, path, headers }, (answer) => {
    const chunks: Buffer[] = [];
    answer.on('data', (chunk: Buffer) => chunks.push(chunk));
    answer.on('end', () => {
      const body = Buffer.concat(chunks);
      const changed = path === '/token' && idp.tamper !== null ? tampered(body, idp.tamper, key) : body;
      res.writeHead(answer.statusCode ?? 500, { ...answer.headers, 'content-length': changed.length });
      res.end(changed);
    });
  });
  req.pipe(onward);
}

function tampered(body: Buffer, tamper: NonNullable<Idp['tamper']>, key: KeyObject): Buffer {
  const answer = JSON.parse(body.toString()) as { id_token?: string };
  if (answer.id_token === undefined) return body;
  const claims = JSON.parse(Buffer.from(answer.id_token.split('.')[1]!, 'base64url').toString()) as Claims;
  const sign = (own: Claims, header: object = { alg: 'RS256', kid: 'k1' }): string => {
    const text = [header, own]
      .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
      .join('.');
    return `${text}.${createSign('RSA-SHA256').update(text).sign(key, 'base64url')}`;
  };
  return Buffer.from(JSON.stringify({ ...answer, id_token: tamper(claims, sign) }));
}

/** What a person does at the provider, in a browser of their own: the address that they are sent back to. */
export async function signInAt(idp: Idp, authorization: string, who: string): Promise<URL> {
  let cookie = '';
  let at = new URL(authorization);
  for (let step = 0; step < 8; step += 1) {
    const isForm = at.pathname.startsWith('/interaction/');
    const reply = await fetch(at, {
      redirect: 'manual',
      headers: { cookie, ...(isForm && { 'content-type': 'application/x-www-form-urlencoded' }) },
      ...(isForm && {
        method: 'POST',
        body: new URLSearchParams({ prompt: 'login', login: who, password: 'p' }),
      }),
    });
    const set = cookiesOf({ 'set-cookie': reply.headers.getSetCookie() });
    cookie = [cookie, set].filter((part) => part !== '').join('; ');
    const location = reply.headers.get('location');
    if (location === null) throw new Error(`${reply.status} ${await reply.text()}`);
    at = new URL(location, at);
    if (at.origin !== idp.issuer) return at;
  }
  throw new Error('The provider leads in a circle.');
}
