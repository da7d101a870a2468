import { errorMessage, UserError } from '../../core/errors.ts';

/** Which schema: `id/7`, `guid/<uuid>` or `subject/<name>/<version>`. */
export type SchemaPlace = string;

export interface SchemaName {
  /** As the text that refers to it calls it: a file to import, a type's full name. */
  readonly name: string;
  readonly subject: string;
  readonly version: number;
}

export interface RegisteredSchema {
  readonly type: string;
  readonly text: string;
  readonly references: readonly SchemaName[];
}

export interface RegistryOptions {
  /** Without a slash at its end. */
  readonly url: string;
  readonly credentials:
    | { readonly kind: 'basic'; readonly username: string; readonly password: string }
    | { readonly kind: 'bearer'; readonly token: string }
    | null;
  readonly timeoutMs: number;
}

/** The registry could not be asked, so nobody knows whether a schema exists. Trying again later may help. */
export class RegistryUnavailable extends UserError {
  constructor(message: string, options: { cause?: unknown } = {}) {
    super(message, {
      ...options,
      fix: 'See `schema_registry` in the configuration, and whether it can be reached.',
    });
  }
}

const NOT_FOUND = 404;
/** Refused for what was asked, and so for ever: an id out of range, a name that is none. */
const BAD_REQUEST: ReadonlySet<number> = new Set([400, 410, 422]);
const MAX_SCHEMA_CHARACTERS = 4 * 1024 * 1024;

/** One schema, or null when the registry does not have it. Rejects with `RegistryUnavailable` in every other case. */
export async function fetchSchema(
  options: RegistryOptions,
  place: SchemaPlace,
): Promise<RegisteredSchema | null> {
  const url = `${options.url}/${pathOf(place)}`;
  let response: Response;
  let text: string;
  try {
    response = await fetch(url, {
      headers: {
        accept: 'application/vnd.schemaregistry.v1+json, application/json',
        ...authorization(options),
      },
      signal: AbortSignal.timeout(options.timeoutMs),
    });
    text = await response.text();
  } catch (error) {
    throw new RegistryUnavailable(`the schema registry does not answer: ${reasonOf(error)}`, {
      cause: error,
    });
  }
  if (response.status === NOT_FOUND || BAD_REQUEST.has(response.status)) {
    if (isFromRegistry(text)) return null;
    throw new RegistryUnavailable(
      `${new URL(options.url).host} answers ${response.status} in a way no schema registry does; is schema_registry.url right?`,
    );
  }
  if (!response.ok) {
    const advice = response.status === 401 || response.status === 403 ? '; check its credentials' : '';
    throw new RegistryUnavailable(`the schema registry answers ${response.status}${advice}`);
  }
  return parsed(text);
}

function pathOf(place: SchemaPlace): string {
  const [kind = '', name = '', version = ''] = place.split('/');
  if (kind === 'id') return `schemas/ids/${name}`;
  if (kind === 'guid') return `schemas/guids/${name}`;
  return `subjects/${name}/versions/${version}`;
}

/** A subject may hold any letter, slashes too. */
export function subjectPlace({ subject, version }: SchemaName): SchemaPlace {
  return `subject/${encodeURIComponent(subject)}/${version}`;
}

function authorization({ credentials }: RegistryOptions): Record<string, string> {
  if (credentials === null) return {};
  if (credentials.kind === 'bearer') return { authorization: `Bearer ${credentials.token}` };
  const pair = Buffer.from(`${credentials.username}:${credentials.password}`).toString('base64');
  return { authorization: `Basic ${pair}` };
}

/** A proxy's page for a wrong address must not pass for "there is no such schema": that would cost every message. */
function isFromRegistry(text: string): boolean {
  try {
    const body: unknown = JSON.parse(text);
    return typeof body === 'object' && body !== null && 'error_code' in body;
  } catch {
    return false;
  }
}

function parsed(text: string): RegisteredSchema {
  if (text.length > MAX_SCHEMA_CHARACTERS) throw new RegistryUnavailable('the schema is longer than 4 MiB');
  let body: { schema?: unknown; schemaType?: unknown; references?: unknown };
  try {
    body = JSON.parse(text) as typeof body;
  } catch (error) {
    throw new RegistryUnavailable('the schema registry answers with something that is no JSON', {
      cause: error,
    });
  }
  if (typeof body.schema !== 'string') {
    throw new RegistryUnavailable('the schema registry answers without a schema');
  }
  return {
    // Absent for Avro, which was the only kind once.
    type: typeof body.schemaType === 'string' ? body.schemaType : 'AVRO',
    text: body.schema,
    references: Array.isArray(body.references) ? (body.references as SchemaName[]) : [],
  };
}

function reasonOf(error: unknown): string {
  if (error instanceof Error && error.name === 'TimeoutError') return 'no answer in time';
  return error instanceof Error && error.cause !== undefined
    ? errorMessage(error.cause)
    : errorMessage(error);
}
