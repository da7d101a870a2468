import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

export const MIGRATIONS = fileURLToPath(new URL('../../../migrations', import.meta.url));

/** Names of the migrations this program came with, in order; what is put into the folder later is another program's. */
export const KNOWN_MIGRATIONS: readonly string[] = readdirSync(MIGRATIONS)
  .filter((file) => file.endsWith('.sql'))
  .map((file) => file.slice(0, -'.sql'.length))
  .sort();

export const NEWEST_KNOWN_MIGRATION = Number.parseInt(KNOWN_MIGRATIONS.at(-1) ?? '0', 10);
