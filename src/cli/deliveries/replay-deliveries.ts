import { inRehearsal, inTransaction, type Pool } from '../../store/connection/pool.ts';
import { listDeliveries } from '../../store/read-models/deliveries.ts';
import { replayDelivery, type ReplayRefusal } from '../../store/outbox/replay-deliveries.ts';

/** One by its id, or all dead ones, of one channel where one is named. */
export type ReplaySelection =
  | { readonly id: string; readonly channel: null }
  | { readonly id: null; readonly channel: string | null };

export interface ReplayedDeliveries {
  readonly queued: number;
  readonly refused: ReadonlyMap<ReplayRefusal, number>;
}

const PAGE = 500;

/** Each in a transaction of its own, so that many of them never hold up those who send. */
export async function replayDeliveries(
  pool: Pool,
  { id, channel }: ReplaySelection,
  { nowMs, dryRun }: { readonly nowMs: number; readonly dryRun: boolean },
): Promise<ReplayedDeliveries> {
  const run = dryRun ? inRehearsal : inTransaction;
  const ids = id === null ? await deadIds(pool, channel) : [id];
  const refused = new Map<ReplayRefusal, number>();
  let queued = 0;
  // Oldest first, as they were said.
  for (const one of ids.toReversed()) {
    const replayed = await run(pool, (tx) => replayDelivery(tx, one, nowMs));
    if (replayed.ok) queued += 1;
    else refused.set(replayed.error, (refused.get(replayed.error) ?? 0) + 1);
  }
  return { queued, refused };
}

async function deadIds(pool: Pool, channel: string | null): Promise<string[]> {
  const filter = { state: 'dead' as const, endpoint: channel ?? undefined };
  const ids: string[] = [];
  let after: string | null = null;
  do {
    const page = await listDeliveries(pool, filter, { limit: PAGE, after });
    ids.push(...page.items.map((row) => row.id));
    after = page.next;
  } while (after !== null);
  return ids;
}

const REFUSALS: Readonly<Record<ReplayRefusal, string>> = {
  unknown: 'unknown',
  not_dead: 'not dead (sent, or still being tried)',
  endpoint_disabled: 'to a disabled endpoint (shiftwatch endpoint enable NAME)',
  run_open: 'about a retraining while another one is under way',
  run_reached: 'about a retraining that the pipeline has reported on',
};

export function replayReport({ queued, refused }: ReplayedDeliveries, dryRun: boolean): string {
  const facts = [
    `${queued} ${dryRun ? 'would be sent again' : 'will be sent again'}`,
    ...[...refused].map(([reason, count]) => `${count} left alone: ${REFUSALS[reason]}`),
  ];
  return `${facts.join(', ')}\n`;
}
