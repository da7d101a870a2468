/**
 * Workers that die all the time. A small size by default; `SHIFTWATCH_TEST_FULL=1` runs what is promised: a million
 * events and twenty SIGKILLs.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { createDatabase } from '../harness/database/database.ts';
import { describeWith } from '../harness/describe-with.ts';
import { addressOf } from '../harness/services.ts';
import { ClickStream } from './click-stream.ts';

const FULL = process.env['SHIFTWATCH_TEST_FULL'] === '1';
const EVENTS = FULL ? 1_000_000 : 40_000;
const KILLS = FULL ? 20 : 4;
const WORKERS = 2;
/** Some of them in the middle of a checkpoint, some before the first. */
const LIVES_MS = [4_000, 6_500, 2_500, 9_000, 5_000];

describeWith(['postgres', 'kafka'], 'workers that are killed all the time', () => {
  it(`count ${EVENTS} events exactly in spite of ${KILLS} SIGKILLs`, { timeout: 1_800_000 }, async () => {
    const { url } = await createDatabase('many-kills');
    const clicks = await ClickStream.open({
      label: 'many-kills',
      brokers: addressOf('kafka'),
      databaseUrl: url,
    });
    const workers = await Promise.all(Array.from({ length: WORKERS }, () => clicks.worker()));
    let kills = 0;
    const pieces = 10 * KILLS;
    const sending = (async () => {
      for (let piece = 0; piece < pieces; piece += 1) {
        await clicks.send(EVENTS / pieces, EVENTS / pieces / 50, 1);
        // Spread over all lives, so that each death meets something unread.
        while (kills < (KILLS * piece) / pieces) await sleep(100);
      }
    })();
    for (; kills < KILLS; kills += 1) {
      await sleep(LIVES_MS[kills % LIVES_MS.length] ?? 0);
      const index = kills % WORKERS;
      expect(await workers[index]?.kill9()).toMatchObject({ signal: 'SIGKILL' });
      workers[index] = await clicks.worker();
    }
    await sending;
    await clicks.settled(FULL ? 900_000 : 400_000);
    expect(clicks.sent.fresh).toBe(EVENTS);
    await clicks.expectExact();
    for (const worker of workers) expect(await worker.stop()).toMatchObject({ code: 0 });
  });
});
