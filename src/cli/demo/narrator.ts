import { setTimeout as sleep } from 'node:timers/promises';
import type { CapturedMail } from '../../api/api-deps.ts';
import type { Pool } from '../../store/connection/pool.ts';
import {
  settledVerdicts,
  unfinishedWork,
  verdictsInOrder,
  type StoryVerdict,
} from '../../store/read-models/story.ts';
import type { Io } from '../terminal/io.ts';
import { textTable } from '../terminal/text-table.ts';
import type { ReplayWatcher } from './replay-table.ts';
import type { RetrainCall } from './training-pipeline.ts';

export interface Narration extends ReplayWatcher {
  /** Resolves when nothing is left to evaluate or to send. */
  untilQuiet(): Promise<void>;
}

const LOOK_EVERY_MS = 500;
const BAR = 30;

/** Says what is found while the replay runs: the first window of each kind of verdict, a bar on a terminal. */
export function narrate(pool: Pool, io: Io): Narration {
  const told = new Set<string>();
  let looking: Promise<void> | null = null;
  let lookedAtMs = 0;

  const look = async (): Promise<void> => {
    for (const verdict of await settledVerdicts(pool)) {
      const news = `${verdict.series} ${verdict.verdict}`;
      if (verdict.verdict === 'none' || verdict.verdict === 'undetermined' || told.has(news)) continue;
      told.add(news);
      io.say(`${io.isTerminal ? '\r\x1b[K' : ''}${line(verdict)}\n`);
    }
  };

  return {
    progress(events, share, atMs) {
      if (io.isTerminal) {
        const done = Math.round(share * BAR);
        const bar = '█'.repeat(done) + '░'.repeat(BAR - done);
        io.say(`\r${bar} ${day(atMs)}  ${events.toLocaleString('en')} events\x1b[K`);
      }
      if (looking !== null || io.clock.nowMs() - lookedAtMs < LOOK_EVERY_MS) return;
      lookedAtMs = io.clock.nowMs();
      // A look that fails is made up for by the next one.
      looking = look()
        .catch(() => undefined)
        .finally(() => (looking = null));
    },
    async untilQuiet() {
      if (io.isTerminal) io.say('\r\x1b[K');
      io.say('All events are in; the last windows close and mature …\n');
      await looking;
      for (let quiet = 0; quiet < 3;) {
        await sleep(LOOK_EVERY_MS);
        await look();
        quiet = (await unfinishedWork(pool)) === 0 ? quiet + 1 : 0;
      }
    },
  };
}

function line(verdict: StoryVerdict): string {
  const week = `week of ${day(verdict.startMs)}`;
  const when = verdict.series === 'closed' ? 'inputs' : 'labels';
  return `${week}  ${when}  ${verdict.verdict.replaceAll('_', ' ').padEnd(15)} ${verdict.summary}`;
}

function day(atMs: number): string {
  return new Date(atMs).toISOString().slice(0, 10);
}

/** What was found and when, the mails, and the webhook: what the on-call person would have seen. */
export async function summary(
  pool: Pool,
  mails: readonly CapturedMail[],
  calls: readonly RetrainCall[],
): Promise<string> {
  const verdicts = await verdictsInOrder(pool);
  const parts = ['\nWHAT WAS FOUND\n\n', textTable(['WEEKS OF', 'SEEN IN', 'VERDICT'], spans(verdicts))];
  parts.push(`\nMAILS SENT (${mails.length})\n\n`);
  const inOrder = [...mails].reverse();
  parts.push(
    ...inOrder.map((mail) => `  ${mail.subject}  (${(mail.text ?? '').split('\n', 1)[0]?.toLowerCase()})\n`),
  );
  const first = inOrder[0];
  if (first !== undefined) parts.push(`\nTHE FIRST OF THEM\n\n${indent(first.text ?? '')}\n`);
  parts.push(`\nRETRAINING WEBHOOKS CALLED (${calls.length})\n\n`);
  parts.push(
    ...calls.map(
      (call) =>
        `  ${call.reason.replaceAll('_', ' ')}, signature ${call.signatureValid ? 'verified' : 'WRONG'}: ${call.summary}\n`,
    ),
  );
  return parts.join('');
}

/** Consecutive windows of one verdict as one row. */
function spans(verdicts: readonly StoryVerdict[]): string[][] {
  const rows: { first: StoryVerdict; last: StoryVerdict }[] = [];
  for (const verdict of verdicts) {
    const open = rows.at(-1);
    if (open !== undefined && open.last.series === verdict.series && open.last.verdict === verdict.verdict) {
      open.last = verdict;
    } else rows.push({ first: verdict, last: verdict });
  }
  return rows.map(({ first, last }) => [
    first === last ? day(first.startMs) : `${day(first.startMs)} to ${day(last.startMs)}`,
    first.series === 'closed' ? 'inputs' : 'labels',
    first.verdict.replaceAll('_', ' '),
  ]);
}

function indent(text: string): string {
  return text.replaceAll(/^/gm, '  ');
}
