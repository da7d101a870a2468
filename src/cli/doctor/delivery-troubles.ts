import { ago, wholeNumber } from '../../words/page-format.ts';
import type { PipelineFacts } from '../../store/read-models/pipeline.ts';
import { type DoctorFinding, failure, warning } from './finding.ts';
import { oneLine } from '../terminal/text-table.ts';

type DeliveryFacts = Pick<PipelineFacts, 'outbox' | 'deliveries' | 'disabled_endpoints'>;

/** For example: 'Disabled: the channel oncall answered 410, 2 h ago; 3 deliveries were given up' */
export function disabledLines(
  { disabled_endpoints: endpoints }: Pick<DeliveryFacts, 'disabled_endpoints'>,
  nowMs: number,
): string[] {
  return endpoints.map(({ section, name, disabled_at, dead }) => {
    const what = section === 'channels' ? 'channel' : 'webhook';
    const lost = dead === 1 ? '1 delivery was given up' : `${wholeNumber(dead)} deliveries were given up`;
    return `Disabled: the ${what} ${oneLine(name)} answered 410, ${ago(disabled_at, nowMs)}; ${lost}`;
  });
}

/** A queue that takes jobs has them within seconds. */
const QUEUE_LATE_MS = 5 * 60_000;

/** For example: 'Queue: notify jobs do not reach it, the first waits since 5 min ago; 12 are to be done' */
export function queueLines({ outbox }: Pick<DeliveryFacts, 'outbox'>, nowMs: number): string[] {
  return outbox.flatMap(({ kind, waiting, unqueued_since: since }) =>
    since === null || nowMs - Date.parse(since) < QUEUE_LATE_MS
      ? []
      : [
          `Queue: ${kind} jobs do not reach it, the first waits since ${ago(since, nowMs)}; ` +
            `${wholeNumber(waiting)} are to be done`,
        ],
  );
}

export function deadDeliveries({ deliveries }: Pick<DeliveryFacts, 'deliveries'>): number {
  return deliveries.filter(({ state }) => state === 'dead').reduce((sum, { count }) => sum + count, 0);
}

/** The doctor's view of what does not arrive. */
export function judgeDeliveries(facts: DeliveryFacts, nowMs: number): DoctorFinding[] {
  const disabled = disabledLines(facts, nowMs).map((said) =>
    failure(
      'endpoint',
      said,
      'Mend its address, or `shiftwatch endpoint enable NAME`; then `shiftwatch deliveries replay`.',
    ),
  );
  const waiting = queueLines(facts, nowMs).map((said) =>
    warning('job queue', said, 'See that a process with the role act runs, and what it logs of the queue.'),
  );
  const dead = deadDeliveries(facts);
  if (dead === 0) return [...disabled, ...waiting];
  const said = dead === 1 ? '1 delivery was given up' : `${wholeNumber(dead)} deliveries were given up`;
  const fix = '`shiftwatch deliveries list --state dead` says why; `deliveries replay` sends them again.';
  return [...disabled, ...waiting, warning('deliveries', said, fix)];
}
