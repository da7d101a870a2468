import type { ChildProcess } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import type { TestRun } from '../../test/harness/test-run.ts';

export interface Look {
  readonly atMs: number;
  readonly joined: number;
  readonly windowed: number;
  readonly parked: number;
  readonly readerCpu: number;
  readonly databaseCpu: number;
}

export interface Rates {
  readonly pid: number;
  readonly labelsPerSecond: number;
  readonly predictionsPerSecond: number;
  readonly readerCpu: number;
  readonly databaseCpu: number;
}

const EVERY_MS = 100;
const WITHIN_MS = 900_000;

/** Watches a reader until it is done. Rates are those between the first label that joined and the last. */
export async function joinedRates(
  reader: ChildProcess,
  run: TestRun,
  look: (pid: number) => Promise<Look>,
  isDone: (look: Look) => boolean,
): Promise<Rates> {
  const pid = reader.pid ?? 0;
  run.record(pid);
  const begun = await look(pid);
  let first = begun;
  for (;;) {
    const now = await look(pid);
    // Joining has not begun: the interval begins later.
    if (now.joined === begun.joined) first = now;
    if (isDone(now)) return { pid, ...between(first, now) };
    if (now.atMs - begun.atMs > WITHIN_MS) throw new Error(`not done in time: ${JSON.stringify(now)}`);
    await sleep(EVERY_MS);
  }
}

function between(from: Look, to: Look): Omit<Rates, 'pid'> {
  const seconds = (to.atMs - from.atMs) / 1_000;
  return {
    labelsPerSecond: (to.joined - from.joined) / seconds,
    predictionsPerSecond: (to.windowed - from.windowed) / seconds,
    readerCpu: to.readerCpu - from.readerCpu,
    databaseCpu: to.databaseCpu - from.databaseCpu,
  };
}
