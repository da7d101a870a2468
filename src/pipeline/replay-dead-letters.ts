import type { ReplayOutcome, ReplayRequest } from '../cli/ports.ts';
import type { DeadLetterReason } from '../core/dead-letter.ts';
import type { LogEventType } from '../core/events.ts';
import { silentLog } from '../core/log.ts';
import { createDecoder, type Decoder } from '../decode/decoder.ts';
import { DEFAULT_DECODE_LIMITS } from '../decode/limits.ts';
import { loadDeadLetters, markReplayed, type StoredDeadLetter } from '../store/dead-letters.ts';
import { addEventCounts } from '../store/event-counts.ts';
import { ensureDays } from '../store/partitions.ts';
import { createPool, inTransaction, type Pool } from '../store/pool.ts';
import { nextDeltaNumber } from '../store/window-parts.ts';
import { CheckpointBuffer } from '../window/checkpoint-buffer.ts';
import { SegmentRegistry } from '../window/segments.ts';
import { commitBuffer, daysOf } from './commit-buffer.ts';
import { admit, type DecodedRecord } from './intake.ts';
import { ModelCatalog } from './model-catalog.ts';
import { REEVALUATE_AFTER_MS } from './reevaluation.ts';

const BATCH = 500;
const SOURCE = 'dead-letters';

/**
 * Puts dead letters through the line again, oldest first: after a model was configured, or a decoder mended. What
 * can be read now is counted, and marked as replayed in the same transaction; what cannot, stays as it is.
 */
export async function replayDeadLetters(request: ReplayRequest): Promise<ReplayOutcome> {
  const pool = createPool({
    connectionString: request.databaseUrl,
    max: 4,
    applicationName: 'shiftwatch replay',
    log: silentLog,
  });
  try {
    const catalog = await ModelCatalog.open(pool, request.config.models);
    return await replayAll(pool, catalog, request);
  } finally {
    await pool.end();
  }
}

async function replayAll(pool: Pool, catalog: ModelCatalog, request: ReplayRequest): Promise<ReplayOutcome> {
  const limits = { ...DEFAULT_DECODE_LIMITS, maxFutureMs: request.config.ingest.maxFutureMs };
  const total = { accepted: 0, duplicates: 0, truncated: 0 };
  const stillDead = new Map<DeadLetterReason, number>();
  let left = request.limit ?? Number.POSITIVE_INFINITY;
  let after = 0;
  while (left > 0) {
    const letters = await loadDeadLetters(pool, { ...request, after, limit: Math.min(BATCH, left) });
    const last = letters.at(-1);
    if (last === undefined) break;
    after = last.id;
    left -= letters.length;
    const whole = letters.filter((letter) => letter.bytes.byteLength === letter.byteLength);
    total.truncated += letters.length - whole.length;
    const outcome = await replayBatch(pool, catalog, whole, request.dryRun, (type) =>
      createDecoder(limits, { typeFromTopic: type }),
    );
    total.accepted += outcome.accepted;
    total.duplicates += outcome.duplicates;
    for (const reason of outcome.stillDead) stillDead.set(reason, (stillDead.get(reason) ?? 0) + 1);
  }
  return { ...total, stillDead: [...stillDead].map(([reason, count]) => ({ reason, count })) };
}

interface BatchOutcome {
  readonly accepted: number;
  readonly duplicates: number;
  readonly stillDead: readonly DeadLetterReason[];
}

async function replayBatch(
  pool: Pool,
  catalog: ModelCatalog,
  letters: readonly StoredDeadLetter[],
  dryRun: boolean,
  decoderOf: (type: LogEventType | undefined) => Decoder,
): Promise<BatchOutcome> {
  const buffer = new CheckpointBuffer();
  const records = letters.map((letter) => decodeAgain(letter, decoderOf));
  const admissions = await admit(records, buffer, catalog, new SegmentRegistry());
  const readable = letters.filter((_, at) => admissions[at]?.outcome !== 'dead_letter');
  const stillDead = admissions.flatMap((admission) =>
    admission.outcome === 'dead_letter' ? admission.letter.reason : [],
  );
  const repeated = admissions.filter((admission) => admission.outcome === 'duplicate').length;
  if (dryRun || readable.length === 0) {
    return { accepted: readable.length - repeated, duplicates: repeated, stillDead };
  }
  // They are stored and counted already.
  buffer.forgetDeadLetters();
  await ensureDays(pool, daysOf(buffer));
  const claimed = await inTransaction(pool, async (tx) => {
    const number = await nextDeltaNumber(tx);
    const stretch = { source: SOURCE, partition: 0, from: number, to: number + 1n };
    const duplicates = await commitBuffer(tx, buffer, stretch, REEVALUATE_AFTER_MS);
    await markReplayed(
      tx,
      readable.map((letter) => letter.id),
    );
    // What was counted as dead is counted as what it has become.
    await addEventCounts(tx, SOURCE, 0, noLongerDead(readable));
    return duplicates;
  });
  const duplicates = repeated + claimed.size;
  return { accepted: readable.length - duplicates, duplicates, stillDead };
}

function decodeAgain(
  letter: StoredDeadLetter,
  decoderOf: (type: LogEventType | undefined) => Decoder,
): DecodedRecord {
  const { position, bytes } = letter;
  const type = isEventType(letter.eventType) ? letter.eventType : undefined;
  const result = decoderOf(type)(bytes, position, letter.receivedAtMs);
  return { result, type: result.ok ? result.value.type : (letter.eventType ?? 'unknown'), position, bytes };
}

function isEventType(type: string | null): type is LogEventType {
  return type === 'prediction' || type === 'features' || type === 'label';
}

function noLongerDead(letters: readonly StoredDeadLetter[]) {
  const counts = new Map<string, { type: string; outcome: string; count: number }>();
  for (const { eventType, reason } of letters) {
    const type = eventType ?? 'unknown';
    const outcome = reason === 'unknown_model' ? 'unknown_model' : 'dead_letter';
    const key = `${type}/${outcome}`;
    const known = counts.get(key) ?? { type, outcome, count: 0 };
    counts.set(key, { ...known, count: known.count - 1 });
  }
  return [...counts.values()];
}
