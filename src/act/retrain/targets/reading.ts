import type { RetrainStatus } from '../../../core/retrain/retrain.ts';
import type { PollReading } from './target.ts';

type Known = Extract<PollReading, { kind: 'known' }>;
type Said = Partial<Omit<Known, 'kind' | 'status'>>;

export function known(
  status: RetrainStatus['status'],
  { externalId = null, newVersion = null, detail = null }: Said = {},
): PollReading {
  return { kind: 'known', status, externalId, newVersion, detail };
}

export const notThere: PollReading = {
  kind: 'unknown',
  reason: 'the run is not among those that were answered',
};

function unheardOf(state: unknown): PollReading {
  return {
    kind: 'unknown',
    reason: `no word for the state ${JSON.stringify(state)?.slice(0, 100) ?? 'absent'}`,
  };
}

export interface StateWords {
  /** Null: every word that is in no other list. */
  readonly running: readonly string[] | null;
  readonly succeeded: readonly string[];
  readonly failed: readonly string[];
}

/** What the state means by the words that a target has for it. */
export function byWord(state: string | null, words: StateWords, said: Said): PollReading {
  if (state === null) return unheardOf(state);
  if (words.succeeded.includes(state)) return known('succeeded', said);
  if (words.failed.includes(state)) return known('failed', said);
  return (words.running?.includes(state) ?? true) ? known('running', said) : unheardOf(state);
}

/** The value at keys and indexes of untrusted JSON; undefined where there is none. */
export function at(value: unknown, ...path: readonly (string | number)[]): unknown {
  return path.reduce<unknown>(
    (from, key) =>
      typeof from === 'object' && from !== null && Object.hasOwn(from, key)
        ? (from as Record<string | number, unknown>)[key]
        : undefined,
    value,
  );
}

export function listAt(value: unknown, ...path: readonly (string | number)[]): readonly unknown[] {
  const found = at(value, ...path);
  return Array.isArray(found) ? found : [];
}

/** Text of a name or number; null for anything else. */
export function textAt(value: unknown, ...path: readonly (string | number)[]): string | null {
  const found = at(value, ...path);
  if (typeof found === 'string') return found;
  return typeof found === 'number' ? String(found) : null;
}
