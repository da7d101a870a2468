import { setFlagsFromString } from 'node:v8';

/**
 * The young generation stays as large as it is. V8 lets it become 48 MB and more where much is computed, and what hangs on
 * small objects, chunks of a database, is let go of only when it is full. Its limit is read before any of our code runs; the
 * factor it grows by is read each time.
 */
export function keepYoungGeneration(): void {
  setFlagsFromString('--semi-space-growth-factor=1');
}
