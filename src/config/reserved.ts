import type { PathPart } from './problem.ts';

/**
 * Keys that have a meaning in the design but not in this version. Accepting them silently would promise
 * something nobody keeps; calling them unknown would send people looking for a typing mistake.
 */
const RESERVED_KEYS: ReadonlySet<string> = new Set(['statistics', 'expect']);

/** The mappings in which they may come to stand. `*` is any name or index. */
const PLACES: readonly string[] = [
  '',
  'kafka',
  'models.*',
  'models.*.alerts',
  'models.*.features.*',
  'model_defaults',
  'model_defaults.alerts',
  'model_defaults.features.*',
  'channels.*',
];

export function isReservedKey(parent: readonly PathPart[], key: string): boolean {
  if (!RESERVED_KEYS.has(key)) return false;
  const place = parent
    .map((part, depth) => (typeof part === 'number' || isName(parent, depth) ? '*' : part))
    .join('.');
  return PLACES.includes(place);
}

/** Whether people chose it. */
function isName(parent: readonly PathPart[], depth: number): boolean {
  return (
    (depth === 1 && parent[0] === 'channels') ||
    (depth === 3 && parent[2] === 'features') ||
    (depth === 2 && parent[0] === 'model_defaults' && parent[1] === 'features')
  );
}
