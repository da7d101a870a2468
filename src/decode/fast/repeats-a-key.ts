import type { ScannedMessage } from './scan-message.ts';

export const pathKey = (path: readonly string[]): string => JSON.stringify(path);

/** Of repeated keys the last one counts, so the others would have to be unread; elements of arrays do repeat. */
export function repeatsAKey({ scalars, nested }: ScannedMessage): boolean {
  const seen = new Set<string>();
  for (const path of [...scalars.map((scalar) => scalar.path), ...nested]) {
    if (path.includes('[]')) continue;
    const key = pathKey(path);
    if (seen.has(key)) return true;
    seen.add(key);
  }
  return false;
}
