import { enableCompileCache } from 'node:module';
import { setFlagsFromString } from 'node:v8';
import { COMPILE_CACHE } from './right-node.js';

/** Keeps what Node makes of the sources, so that the next start takes half as long; where that cannot be written, nothing is. */
export function keepCompiled() {
  // Threads read it of the environment.
  process.env.NODE_COMPILE_CACHE ??= COMPILE_CACHE;
  enableCompileCache(process.env.NODE_COMPILE_CACHE);
}

/** Of this process and its threads, before they load anything else (docs/decisions/0024). */
export function withoutMaglev() {
  setFlagsFromString('--no-maglev');
}
