import { at, byWord, type StateWords } from './reading.ts';
import { type Poll, type PollInput, runName } from './target.ts';

/** Any target that answers JSON: where the state stands in it, and what its words mean. */
export interface PollPaths {
  /** May hold `{run_id}`, `{run_name}` and `{external_id}`. */
  readonly url: string;
  /** Keys joined by dots; a number is a place in a list. */
  readonly statusPath: string;
  readonly states: StateWords;
  readonly newVersionPath: string | null;
  readonly detailPath: string | null;
}

export function byPaths({ url, statusPath, states, newVersionPath, detailPath }: PollPaths): Poll {
  return {
    call: (input) => {
      const filled = fill(url, input);
      return filled === null ? null : { method: 'GET', url: filled, body: null };
    },
    read: (answer) => {
      const said = { newVersion: wordAt(answer, newVersionPath), detail: wordAt(answer, detailPath) };
      return byWord(wordAt(answer, statusPath), states, said);
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

function wordAt(answer: unknown, path: string | null): string | null {
  const value = path === null ? null : at(answer, ...path.split('.'));
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
    ? String(value)
    : null;
}
