/** An answer of a service; status 0 where there was none, with the reason as its text. */
interface ServiceAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

/** The service answered with a problem, or not at all (`status` 0). */
export class ApiError extends Error {
  readonly status: number;

  constructor(status: number, detail: string) {
    super(detail);
    this.name = 'ApiError';
    this.status = status;
  }
}

/** Requests to one service. */
export interface RemoteService {
  ask(
    method: 'GET' | 'POST',
    path: string,
    sent?: {
      readonly body?: Uint8Array<ArrayBuffer>;
      readonly headers?: Record<string, string>;
      readonly timeoutMs?: number;
    },
  ): Promise<ServiceAnswer>;
  /** @throws ApiError where the answer is a problem, or none of ours */
  json(answer: ServiceAnswer): unknown;
}

export function serviceAt(url: string, token: string | undefined, timeoutMs: number): RemoteService {
  const at = new URL(url);
  if (at.protocol !== 'http:' && at.protocol !== 'https:') {
    throw new TypeError(`url: ${url} is no address of a service, such as http://localhost:8080`);
  }
  const base = `${at.protocol}//${at.host}${at.pathname.replace(/\/+$/, '')}`;
  const login = Buffer.from(`${decodeURIComponent(at.username)}:${decodeURIComponent(at.password)}`);
  const authorization =
    token !== undefined && token !== ''
      ? `Bearer ${token}`
      : at.password === ''
        ? null
        : `Basic ${login.toString('base64')}`;
  if (authorization !== null && /[^\x20-\x7e]/.test(authorization)) {
    throw new TypeError('token: has characters that no token has (a line break at its end?)');
  }
  return {
    async ask(method, path, { body, headers = {}, timeoutMs: ownMs } = {}) {
      try {
        const reply = await fetch(base + path, {
          method,
          ...(body === undefined ? {} : { body }),
          headers: {
            accept: 'application/json',
            ...(authorization === null ? {} : { authorization }),
            ...headers,
          },
          // A redirected POST would become a GET, and take the token to somebody else.
          redirect: 'manual',
          signal: AbortSignal.timeout(ownMs ?? timeoutMs),
        });
        return { status: reply.status, headers: reply.headers, text: await reply.text() };
      } catch (error) {
        const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
        return {
          status: 0,
          headers: new Headers(),
          text: cause instanceof Error ? cause.message : String(cause),
        };
      }
    },
    json({ status, text }) {
      const said = parsed(text);
      if (status >= 200 && status < 300 && said !== undefined) return said;
      if (status === 0) throw new ApiError(0, `${base} did not answer: ${text}`);
      throw new ApiError(
        status,
        saidBy(said) ?? `${base} answered ${status}, and not as shiftwatch does; is the address right?`,
      );
    },
  };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** What a problem says of itself. */
function saidBy(problem: unknown): string | null {
  if (typeof problem !== 'object' || problem === null) return null;
  const { detail, title } = problem as { readonly detail?: unknown; readonly title?: unknown };
  const said = detail ?? title;
  return typeof said === 'string' ? said : null;
}
