import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readdir, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { errorMessage } from '../../core/errors.ts';
import type { Log } from '../../core/log.ts';
import { ROOT, sourcesHash } from './app-sources.ts';
import { type BuiltApp, readBuiltApp } from './built-app.ts';

/** The browser application: there, not there yet, or why not. */
export type AppState =
  | { readonly state: 'ready'; readonly app: BuiltApp }
  | { readonly state: 'building' }
  | { readonly state: 'failed'; readonly reason: string };

export interface DashboardApp {
  current(): AppState;
  /** Resolves once it is ready or failed. */
  readonly settled: Promise<AppState>;
  stop(): void;
}

const BUILD_WITHIN_MS = 120_000;
/** A build says little; what it says of an error is at its end. */
const MOST_SAID_CHARACTERS = 2_000;
const BUILDER = fileURLToPath(new URL('build-main.ts', import.meta.url));

/**
 * Finds the application that was built of these very sources, or builds it in a process beside this one (about two
 * seconds of a core), into the package's folder or, where that may not be written, the user's cache. It never throws
 * and holds nobody up: until it is there the script-free page serves.
 */
export function startDashboardApp(log: Log): DashboardApp {
  let state: AppState = { state: 'building' };
  const stopping = new AbortController();
  const failed = (reason: string): AppState => {
    if (!stopping.signal.aborted) {
      log.warn({ reason }, 'the dashboard could not be built: the script-free page serves instead');
    }
    return (state = { state: 'failed', reason });
  };
  const settled = find(stopping.signal).then(
    (app): AppState => (state = { state: 'ready', app }),
    (error: unknown): AppState => failed(errorMessage(error)),
  );
  return { current: () => state, settled, stop: () => stopping.abort() };
}

async function find(signal: AbortSignal): Promise<BuiltApp> {
  // The package comes without its sources, and with what was built of them.
  if (!existsSync(join(ROOT, 'src/browser'))) {
    const shipped = await readBuiltApp(join(ROOT, 'dist/dashboard'));
    if (shipped === null) throw new Error('the package is incomplete: dist/dashboard is missing');
    return shipped;
  }
  const name = sourcesHash();
  const places = [join(ROOT, 'build/dashboard'), join(homedir(), '.cache/shiftwatch/dashboard')];
  for (const place of places) {
    const app = await readBuiltApp(join(place, name));
    if (app !== null) return app;
  }
  const refusals: string[] = [];
  for (const place of places) {
    const refusal = await build(join(place, name), signal);
    if (refusal === null) {
      await removeOlder(place, name);
      const app = await readBuiltApp(join(place, name));
      if (app !== null) return app;
    }
    refusals.push(refusal ?? `${place}: what was built cannot be read`);
    if (refusal !== null && !/EACCES|EROFS|EPERM/.test(refusal)) break;
  }
  throw new Error(refusals.join('; '));
}

/** Null: built. */
async function build(folder: string, signal: AbortSignal): Promise<string | null> {
  const child = spawn(process.execPath, [BUILDER, folder], {
    stdio: ['ignore', 'pipe', 'pipe'],
    signal: AbortSignal.any([signal, AbortSignal.timeout(BUILD_WITHIN_MS)]),
    env: { ...process.env, NODE_ENV: 'production' },
  });
  let said = '';
  const listen = (chunk: Buffer): void =>
    void (said = (said + chunk.toString('utf8')).slice(-MOST_SAID_CHARACTERS));
  child.stdout.on('data', listen);
  child.stderr.on('data', listen);
  return await new Promise((resolve) => {
    child.on('error', (error) => resolve(errorMessage(error)));
    child.on('close', (code) => resolve(code === 0 ? null : said.trim() || `the build ended with ${code}`));
  });
}

/** What was built of other sources is of no use to anybody but a process that has long read it into memory. */
async function removeOlder(place: string, keep: string): Promise<void> {
  const names = await readdir(place).catch(() => []);
  for (const name of names) {
    if (name === keep || name.startsWith(`${keep}.`)) continue;
    await rm(join(place, name), { recursive: true, force: true }).catch(() => {});
  }
}
