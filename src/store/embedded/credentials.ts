import { randomBytes } from 'node:crypto';
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { UserError } from '../../core/errors.ts';

const loginSchema = z.object({ name: z.string(), password: z.string() });
const credentialsSchema = z.object({
  /** Creates the role and the database below, and is used for nothing else. */
  superuser: loginSchema,
  /** What shiftwatch itself logs in as. Not a superuser: a slip in our SQL must not reach the machine. */
  role: loginSchema,
  database: z.string(),
});

/** Who may log in to one embedded server. Kept in a file that only its owner can read. */
export type Credentials = Readonly<z.infer<typeof credentialsSchema>>;

const FILE = 'credentials.json';

export function createCredentials(directory: string): Credentials {
  const password = () => randomBytes(24).toString('hex');
  const credentials: Credentials = {
    superuser: { name: 'postgres', password: password() },
    role: { name: 'shiftwatch', password: password() },
    database: 'shiftwatch',
  };
  const path = join(directory, FILE);
  writeFileSync(`${path}.new`, JSON.stringify(credentials, null, 2), { mode: 0o600 });
  renameSync(`${path}.new`, path);
  return credentials;
}

export function readCredentials(directory: string): Credentials {
  const path = join(directory, FILE);
  try {
    return credentialsSchema.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch (cause) {
    throw new UserError(`The passwords of the built-in database cannot be read from ${path}.`, {
      fix: `Restore that file from a backup. If the data is not needed, delete ${directory} and start again.`,
      cause,
    });
  }
}

/** The address shiftwatch connects to. Passwords are hexadecimal and need no escaping. */
export function urlOf(credentials: Credentials, port: number): string {
  const { role, database } = credentials;
  return `postgresql://${role.name}:${role.password}@127.0.0.1:${port}/${database}`;
}
