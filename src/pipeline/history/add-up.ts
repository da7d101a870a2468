/** Counts of windows that go are added to those of their day, those of days to their week's. */
import type { Log } from '../../core/log.ts';
import type { Task } from '../../core/model.ts';
import type { ReferenceProfile } from '../../stats/profile/feature-reference.ts';
import { expectNothingForgotten, inTransaction, type Pool, type Tx } from '../../store/connection/pool.ts';
import {
  type DayProfile,
  type Every,
  findDayProfile,
  lockDayProfiles,
  writeDayProfile,
} from '../../store/history/day-profiles.ts';
import type { HistoryPolicy } from '../../store/history/due-windows.ts';
import { countOldDays, takeOldDays } from '../../store/history/old-days.ts';
import { takeCounts, type TakenCounts } from '../../store/history/taken-counts.ts';
import type { UnreadablePart } from '../../store/windows/unreadable-parts.ts';
import type { StoredPart } from '../../store/windows/window-parts.ts';
import { packEncoded } from '../../window/part-profiles.ts';
import { keepingUp } from '../windows/keep-up.ts';
import { sumParts } from '../windows/sum-parts.ts';
import type { BaselineReferences } from './baseline-references.ts';

/** Locks are held while they are added: half of one window of 50 features and 20 segments. */
const STEP_BYTES = 2 ** 18;
/** No part of a window has this id. */
const OWN_ID = 0;

export interface AddingLine {
  readonly pool: Pool;
  readonly references: BaselineReferences;
  readonly log: Log;
  /** Of counts that are added in one transaction; by default what takes some tenths of a second. */
  readonly stepBytes?: number;
}

/**
 * Takes the counts of windows out and adds them to their days, in steps: what is taken out in a step is added in it, so each row is counted
 * once, also when the process ends between two of them. Who is in the middle of writing to one of the windows is waited for.
 */
export async function addUpWindows(
  { pool, references, log, stepBytes = STEP_BYTES }: AddingLine,
  windowIds: readonly number[],
): Promise<void> {
  const step = async (): Promise<number> =>
    await inStep(pool, references, async (tx) => {
      await lockDayProfiles(tx);
      const taken = await takeCounts(tx, windowIds, stepBytes);
      await addTo('day', tx, taken, references, log);
      return taken.length;
    });
  while ((await step()) > 0);
}

/**
 * Days that are older than they are kept go, into their weeks where these are kept, and weeks.
 *
 * @param dueIds windows whose counts would go before, in a dry run; null: it is none
 * @returns how many of each
 */
export async function retireDays(
  { pool, references, log, stepBytes = STEP_BYTES }: AddingLine,
  policy: HistoryPolicy,
  dueIds: readonly number[] | null,
): Promise<{ days: number; weeks: number }> {
  const old = await countOldDays(pool, policy, dueIds ?? []);
  const step = async (every: Every): Promise<number> =>
    await inTransaction(pool, async (tx) => {
      await lockDayProfiles(tx);
      const taken = await takeOldDays(tx, policy, every, stepBytes);
      await addTo('week', tx, taken, references, log);
      return taken.length;
    });
  if (dueIds === null) for (const every of ['day', 'week'] as const) while ((await step(every)) > 0);
  return old;
}

/** Of a feature that is forgotten meanwhile nothing is written any more. */
async function inStep(
  pool: Pool,
  references: BaselineReferences,
  work: (tx: Tx) => Promise<number>,
): Promise<number> {
  const keepUp = async (): Promise<void> => void (await references.keepUp());
  return await keepingUp({ keepUp }, async () => {
    const asOf = await references.keepUp();
    return await inTransaction(pool, async (tx) => {
      expectNothingForgotten(tx, asOf);
      return await work(tx);
    });
  });
}

/** Which counts are of one row of a day. */
function rowOf({ modelVersionId, baselineId, start, segment, kind }: TakenCounts): string {
  return JSON.stringify([modelVersionId, baselineId, start, segment, kind]);
}

async function addTo(
  every: Every,
  tx: Tx,
  taken: readonly TakenCounts[],
  references: BaselineReferences,
  log: Log,
): Promise<void> {
  const added = taken.filter(({ start }) => start !== null);
  for (const counts of Map.groupBy(added, rowOf).values()) {
    const { modelVersionId, baselineId, start, segment, kind, task } = counts[0]!;
    const key = { modelVersionId, baselineId, every, start: start!, segment, kind };
    const before = await findDayProfile(tx, key);
    const { sum, unreadable } = addedUp(before, counts, await references.of(baselineId), task);
    if (unreadable.length > 0)
      log.error({ ...key, unreadable }, 'counts that do not decode are not added up');
    if (sum === null) continue;
    await writeDayProfile(tx, {
      ...key,
      ...sum,
      windows: counts.reduce((all, { windows }) => all + windows, before?.windows ?? 0),
      storedMs: Math.max(before?.storedMs ?? 0, ...counts.map(({ storedMs }) => storedMs)),
    });
  }
}

export interface AddedUp {
  /** Null: there is nothing to write. */
  readonly sum: Pick<DayProfile, 'rows' | 'profile'> | null;
  /** Not in it. */
  readonly unreadable: readonly UnreadablePart[];
}

/** Counts of one segment and kind, and what they were added up to before. A day that cannot be read stays as it is. */
export function addedUp(
  before: Pick<DayProfile, 'segment' | 'kind' | 'rows' | 'profile'> | null,
  counts: readonly StoredPart[],
  reference: ReferenceProfile | null,
  task: Task,
): AddedUp {
  const own = before === null ? [] : [{ ...before, id: OWN_ID, delta: before.profile }];
  const { sums, unreadable } = sumParts([...own, ...counts], reference, task);
  const [sum] = sums;
  if (sum === undefined || unreadable.some(({ id }) => id === OWN_ID)) return { sum: null, unreadable };
  const profile = sum.kind === 'input' ? packEncoded(sum.delta) : sum.delta;
  return { sum: { rows: sum.rows, profile }, unreadable };
}
