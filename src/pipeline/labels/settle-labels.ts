import { joinLabels } from '../../labels/join.ts';
import { addFirstLabels, type LabelWrites, lockLabels, replaceLabels } from '../../store/labels/labels.ts';
import type { Tx } from '../../store/connection/pool.ts';
import type { Matches } from './match-labels.ts';

/** What labels of one model change in the counts. */
export interface Settled {
  readonly matches: Matches;
  /** Matches whose prediction has its first label: their best. */
  readonly firsts: readonly number[];
  readonly replaced: readonly Replaced[];
}

interface Replaced {
  readonly match: number;
  /** The label that counted until now. */
  readonly removed: string | number;
}

/** Some matches of one model. */
interface Some {
  readonly matches: Matches;
  readonly which: Int32Array;
}

/**
 * Stores which label counts for each prediction. Most have none yet; of the others the label that counts is read once
 * no other transaction can change it any more. Each statement is for all models: rows are locked in one order only.
 */
export async function settleLabels(tx: Tx, all: readonly Matches[]): Promise<Settled[]> {
  const given = all.map((matches): Some => ({ matches, which: matches.found }));
  const isStored = await addFirstLabels(tx, writesOf(given));
  if (isStored === null)
    return given.map(({ matches, which }) => ({ matches, firsts: [...which], replaced: [] }));
  let at = 0;
  const split = given.map(({ matches, which }) => {
    const firsts: number[] = [];
    const left: number[] = [];
    for (const match of which) {
      (isStored(at) ? firsts : left).push(match);
      at += 1;
    }
    return { matches, firsts, which: Int32Array.from(left) };
  });
  const current = await lockLabels(tx, writesOf(split));
  let place = 0;
  const settled = split.map(({ matches, firsts, which }) => {
    const counting = current.slice(place, place + which.length);
    place += which.length;
    return replace(matches, firsts, which, counting);
  });
  await replaceLabels(
    tx,
    writesOf(settled.map(({ matches, written }) => ({ matches, which: Int32Array.from(written) }))),
  );
  return settled;
}

/** @param counting by `which`: the labels that count until now; null: the one that was in the way is gone, its day was dropped */
function replace(
  matches: Matches,
  stored: readonly number[],
  which: Int32Array,
  counting: Awaited<ReturnType<typeof lockLabels>>,
): Settled & { readonly written: readonly number[] } {
  const firsts = [...stored];
  const replaced: Replaced[] = [];
  const written: number[] = [];
  for (const [i, match] of which.entries()) {
    const candidates = Array.from(matches.candidates(match), (label) => matches.labels.candidate(label));
    const before = counting[i] ?? null;
    if (joinLabels(before, candidates) === null) continue;
    written.push(match);
    if (before === null) firsts.push(match);
    else replaced.push({ match, removed: before.label });
  }
  return { matches, firsts, replaced, written };
}

function writesOf(given: readonly Some[]): LabelWrites {
  const [first] = given;
  if (first === undefined) throw new RangeError('nothing to write');
  const all = { which: [] as number[], modelVersionIds: [] as number[], eventMs: [] as number[] };
  for (const { matches, which } of given) {
    for (const match of which) {
      all.which.push(matches.best[match] ?? 0);
      all.modelVersionIds.push(matches.predictions.modelVersionIds[match] ?? 0);
      all.eventMs.push(matches.predictions.eventMs[match] ?? 0);
    }
  }
  return { labels: first.matches.labels, ...all };
}
