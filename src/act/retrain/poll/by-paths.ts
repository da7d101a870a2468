import { runName } from '../presets/preset.ts';
import { at, known, type PollInput, type PollTarget, unheardOf } from './polled.ts';

/** Any target that answers JSON: where the state stands in it, and what its words mean. */
export interface PollPaths {
  /** May hold `{run_id}`, `{run_name}` and `{external_id}`. */
  readonly url: string;
  /** Keys joined by dots; a number is a place in a list. */
  readonly statusPath: string;
  readonly states: {
    /** Null: every word that is in no other list. */
    readonly running: readonly string[] | null;
    readonly succeeded: readonly string[];
    readonly failed: readonly string[];
  };
  readonly newVersionPath: string | null;
  readonly detailPath: string | null;
}

export function byPaths({ url, statusPath, states, newVersionPath, detailPath }: PollPaths): PollTarget {
  return {
    call: (input) => {
      const filled = fill(url, input);
      return filled === null ? null : { method: 'GET', url: filled, body: null };
    },
    read: (answer) => {
      const state = asWord(valueAt(answer, statusPath));
      if (state === null) return unheardOf(state);
      const said = {
        newVersion: newVersionPath === null ? null : asWord(valueAt(answer, newVersionPath)),
        detail: detailPath === null ? null : asWord(valueAt(answer, detailPath)),
      };
      if (states.succeeded.includes(state)) return known('succeeded', said);
      if (states.failed.includes(state)) return known('failed', said);
      if (states.running === null || states.running.includes(state)) return known('running', said);
      return unheardOf(state);
    },
  };
}

const PLACE = /\{(run_id|run_name|external_id)\}/g;

/** Null while a name that is needed is not known. The pipeline's own name is its word: it cannot leave its place. */
function fill(url: string, input: PollInput): string | null {
  const names: Readonly<Record<string, string | null>> = {
    run_id: input.runId,
    run_name: runName(input),
    external_id: input.externalId,
  };
  let known = true;
  const filled = url.replaceAll(PLACE, (_, place: string) => {
    const name = names[place] ?? '';
    // A dot or two would be taken for a step in the path, however they are written.
    if (/^\.{0,2}$/.test(name)) known = false;
    return encodeURIComponent(name);
  });
  return known ? filled : null;
}

function valueAt(answer: unknown, path: string): unknown {
  return at(answer, ...path.split('.'));
}

function asWord(value: unknown): string | null {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
    ? String(value)
    : null;
}
