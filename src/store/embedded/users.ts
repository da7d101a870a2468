import { mkdirSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { hasCode } from './error-code.ts';
import { describeProcess, isAlive } from './process-facts.ts';

let joined = 0;

/**
 * The processes that use one server, a small file each. The last one out stops it: a second shiftwatch on the
 * same folder shares the server of the first and must neither stop it nor lose it when the first ends.
 */
export class Users {
  readonly #folder: string;
  readonly #mine: string;

  constructor(directory: string) {
    joined += 1;
    this.#folder = join(directory, 'users');
    this.#mine = `${process.pid}-${joined}`;
  }

  join(): void {
    mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
    const startedAt = describeProcess(process.pid)?.startedAt ?? '';
    // By one rename: nobody reads it half-written, and takes us for dead.
    const path = join(this.#folder, this.#mine);
    writeFileSync(`${path}.new`, startedAt);
    renameSync(`${path}.new`, path);
  }

  leave(): void {
    rmSync(join(this.#folder, this.#mine), { force: true });
  }

  /** Whether anybody else who is alive uses the server. Files of the dead are cleared away. */
  others(): boolean {
    let alive = false;
    for (const name of this.#names()) {
      if (name === this.#mine || !/^\d+-\d+$/.test(name)) continue;
      const path = join(this.#folder, name);
      if (isAlive(Number.parseInt(name, 10), startedAtIn(path))) alive = true;
      else rmSync(path, { force: true });
    }
    return alive;
  }

  #names(): string[] {
    try {
      return readdirSync(this.#folder);
    } catch {
      return [];
    }
  }
}

/** Empty when its owner has just taken it away. */
function startedAtIn(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return '';
    throw error;
  }
}
