import type { RetrainStatus } from '../../../core/retrain/retrain.ts';

/** The run to ask after, and what is known of where it runs. */
export interface PollInput {
  readonly runId: string;
  /** The pipeline's own name for the run; null while it has not said. */
  readonly externalId: string | null;
  readonly requestedAtMs: number;
  /** The webhook's, as configured. */
  readonly url: string;
  readonly params: ReadonlyMap<string, string>;
}

export interface PollCall {
  readonly method: 'GET' | 'POST';
  readonly url: string;
  readonly body: object | null;
}

/** What an answer says of the run. `unknown`: it is not there yet, or in a state nobody has a word for. */
export type PollReading =
  | {
      readonly kind: 'known';
      readonly status: RetrainStatus['status'];
      readonly externalId: string | null;
      readonly newVersion: string | null;
      readonly detail: string | null;
    }
  | { readonly kind: 'unknown'; readonly reason: string };

/** How the state of a run is asked for at one kind of target. */
export interface PollTarget {
  /** Null: it cannot be asked for yet. */
  call(input: PollInput): PollCall | null;
  read(answer: unknown, input: PollInput): PollReading;
}

export function known(
  status: RetrainStatus['status'],
  {
    externalId = null,
    newVersion = null,
    detail = null,
  }: { externalId?: string | null; newVersion?: string | null; detail?: string | null } = {},
): PollReading {
  return { kind: 'known', status, externalId, newVersion, detail };
}

export const notThere: PollReading = {
  kind: 'unknown',
  reason: 'the run is not among those that were answered',
};

export function unheardOf(state: unknown): PollReading {
  return {
    kind: 'unknown',
    reason: `no word for the state ${JSON.stringify(state)?.slice(0, 100) ?? 'absent'}`,
  };
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
