import { fetchSession } from './session.ts';

/** What the server refused, in its own words (RFC 9457). */
export class ApiError extends Error {
  readonly status: number;

  constructor(status: number, title: string, detail: string | null) {
    super(detail === null ? title : `${title}: ${detail}`);
    this.name = 'ApiError';
    this.status = status;
  }
}

interface Problem {
  readonly title?: string;
  readonly detail?: string;
  readonly errors?: readonly { readonly path: string; readonly message: string }[];
}

/** What is wrong, and with which field where it is one's. */
function detailOf({ detail, errors = [] }: Problem): string | null {
  const said = errors.map(({ path, message }) => `${path.slice(1).replaceAll('/', ' ')} ${message}`.trim());
  return said.length === 0 ? (detail ?? null) : said.join('; ');
}

/** Where a login is needed the page goes there, and comes back to where it was. */
function signIn(): void {
  const to = `${location.pathname}${location.search}`;
  location.assign(`/login?to=${encodeURIComponent(to)}`);
}

/** What the server answers. @throws ApiError of what it refuses, TypeError where it is not there. */
export async function fetchJson<T>(
  url: string,
  init: Omit<RequestInit, 'headers'> & { readonly headers?: Readonly<Record<string, string>> } = {},
): Promise<T> {
  const response = await fetch(url, {
    ...init,
    headers: { accept: 'application/json', ...init.headers },
    credentials: 'same-origin',
  });
  if (response.status === 401) signIn();
  if (!response.ok) {
    const problem = (await response.json().catch(() => ({}))) as Problem;
    throw new ApiError(response.status, problem.title ?? `HTTP ${response.status}`, detailOf(problem));
  }
  return (response.status === 204 ? null : await response.json()) as T;
}

/** The address of a route of the API; parameters without a value are left out. */
export function apiUrl(
  path: string,
  parameters: Readonly<Record<string, string | number | boolean | null | undefined>> = {},
): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters)) {
    if (value !== null && value !== undefined && value !== '') search.set(name, String(value));
  }
  const text = search.toString();
  return `/api/v1${path}${text === '' ? '' : `?${text}`}`;
}

/** Sends a change; with a login, together with the word that no other site can know. */
export async function send<T>(method: 'POST' | 'DELETE', path: string, body?: object): Promise<T> {
  const csrf = (await fetchSession().catch(() => null))?.csrf ?? null;
  return await fetchJson<T>(apiUrl(path), {
    method,
    headers: {
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...(csrf === null ? {} : { 'x-shiftwatch-csrf': csrf }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
}
