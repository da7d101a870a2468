import type { Config } from '../../config/resolve.ts';
import { systemClock } from '../../core/clock.ts';
import type { DeadLetterReason } from '../../core/events/dead-letter.ts';
import type { LogEventType } from '../../core/events/events.ts';
import { silentLog } from '../../core/log.ts';
import type { RawRecord } from '../../core/events/log-source.ts';
import type { ModelSpec } from '../../core/model.ts';
import { createDecoder } from '../../decode/decoder.ts';
import type { DecodeLimits } from '../../decode/limits.ts';
import {
  loadDeadLetters,
  lockDeadLetters,
  markReplayed,
  type StoredDeadLetter,
} from '../../store/log/dead-letters.ts';
import { addEventCounts, addEventsRead } from '../../store/log/event-counts.ts';
import {
  createPool,
  inRehearsal,
  inTransaction,
  type Pool,
  type Queryable,
} from '../../store/connection/pool.ts';
import { nextDeltaNumber } from '../../store/windows/window-parts.ts';
import { CheckpointBuffer } from '../../window/checkpoint/buffer.ts';
import { UNLIMITED } from '../../window/checkpoint/limits.ts';
import { NoEventTimes } from '../../window/event-times.ts';
import { SampleCutoffs } from '../../window/checkpoint/sample-cutoffs.ts';
import { SegmentRegistry } from '../../window/segments.ts';
import { commitBuffer, preparePartitions } from './commit-buffer.ts';
import { decodeLimits } from './decode-limits.ts';
import { decodeRows, passOver } from './format-intake.ts';
import { IdLedger, knowingBetter } from './id-ledger.ts';
import { admit, type Admission, type IntakeContext } from './intake.ts';
import { createLogDecoders, type LogDecoders } from './log-decoders.ts';
import { keepingUp } from '../windows/keep-up.ts';
import { ModelCatalog } from '../windows/model-catalog.ts';
import type { DecodedRecord } from './plan-records.ts';
import { REEVALUATE_AFTER_MS } from '../windows/reevaluation.ts';
import type { HeldIds } from '../../window/checkpoint/held-ids.ts';

export interface ReplayRequest {
  readonly config: Config;
  readonly databaseUrl: string;
  /** Null: any. */
  readonly reason: DeadLetterReason | null;
  readonly model: string | null;
  /** At most so many, oldest first; null: all. */
  readonly limit: number | null;
  /** Only decode again and say what would happen. */
  readonly dryRun: boolean;
}

export interface ReplayOutcome {
  /** Read now, and stored (unless it was a dry run). */
  readonly accepted: number;
  readonly duplicates: number;
  /** Those that still cannot be read; they stay. */
  readonly stillDead: readonly { readonly reason: DeadLetterReason; readonly count: number }[];
  /** Cut to 64 KiB when they were stored: too little is left to be read again. */
  readonly truncated: number;
  /** Of which only the reason was kept: nothing is left to be read. */
  readonly withheld: number;
}

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
    return await replayDeadLettersIn(pool, request);
  } finally {
    await pool.end();
  }
}

/** The same, on connections that are there already. */
export async function replayDeadLettersIn(
  pool: Pool,
  request: Omit<ReplayRequest, 'databaseUrl'>,
): Promise<ReplayOutcome> {
  const context = request.dryRun ? null : await contextOf(pool, request.config.models);
  const decoders: Decoders = {
    limits: decodeLimits(request.config),
    ofLog: createLogDecoders(request.config, systemClock),
  };
  const total = { accepted: 0, duplicates: 0, truncated: 0, withheld: 0 };
  const stillDead = new Map<DeadLetterReason, number>();
  let left = request.limit ?? Number.POSITIVE_INFINITY;
  let after = 0;
  while (left > 0) {
    const letters = await loadDeadLetters(pool, { ...request, after, limit: Math.min(BATCH, left) });
    const last = letters.at(-1);
    if (last === undefined) break;
    const kept = letters.filter((letter) => !letter.isWithheld);
    const whole = kept.filter((letter) => letter.bytes.byteLength === letter.byteLength);
    const outcome =
      context === null
        ? await rehearseBatch(pool, request.config.models, whole, decoders)
        : await keepingUp(
            context.catalog,
            async () =>
              await knowingBetter(async (ids) => await replayBatch(pool, context, whole, decoders, ids)),
          );
    // Another replay was faster with some of these: what it left is looked up again.
    if (outcome === null) continue;
    after = last.id;
    left -= letters.length;
    total.withheld += letters.length - kept.length;
    total.truncated += kept.length - whole.length;
    total.accepted += outcome.accepted;
    total.duplicates += outcome.duplicates;
    for (const reason of outcome.stillDead) stillDead.set(reason, (stillDead.get(reason) ?? 0) + 1);
  }
  return { ...total, stillDead: [...stillDead].map(([reason, count]) => ({ reason, count })) };
}

async function contextOf(db: Queryable, models: readonly ModelSpec[]): Promise<IntakeContext> {
  const catalog = await ModelCatalog.open(db, models);
  return { db, catalog, segments: new SegmentRegistry(), ledger: new IdLedger() };
}

/** Never late: what came before a letter in its log is not known any more, and somebody asked for it by hand. */
function newBuffer(repeated: readonly HeldIds[] = []): CheckpointBuffer {
  const buffer = new CheckpointBuffer(null, new SampleCutoffs(), UNLIMITED, new NoEventTimes());
  buffer.repeated = repeated;
  return buffer;
}

interface BatchOutcome {
  readonly accepted: number;
  readonly duplicates: number;
  readonly stillDead: readonly DeadLetterReason[];
}

/** What a replay would say. The models, versions and windows it meets on the way are not kept. */
async function rehearseBatch(
  pool: Pool,
  models: readonly ModelSpec[],
  letters: readonly StoredDeadLetter[],
  decoders: Decoders,
): Promise<BatchOutcome> {
  return await inRehearsal(pool, async (tx) => {
    const context = await contextOf(tx, models);
    return outcomeOf(await readAgain(letters, decoders, newBuffer(), context));
  });
}

/** Null: another replay has taken some of the letters; nothing was stored. */
async function replayBatch(
  pool: Pool,
  context: IntakeContext,
  letters: readonly StoredDeadLetter[],
  decoders: Decoders,
  repeated: readonly HeldIds[],
): Promise<BatchOutcome | null> {
  const { ledger, catalog } = context;
  const buffer = newBuffer(repeated);
  const read = await readAgain(letters, decoders, buffer, context);
  const outcome = outcomeOf(read);
  const readable = read.flatMap(({ letter, admissions }) => (isReadable(admissions) ? letter : []));
  if (readable.length === 0) return outcome;
  // They are stored and counted already.
  buffer.forgetDeadLetters();
  await preparePartitions(pool, buffer);
  const ids = readable.map((letter) => letter.id);
  const committed = await inTransaction(pool, async (tx) => {
    // Events without an id have nothing else that could tell a second replay that they are counted.
    if (!(await lockDeadLetters(tx, ids))) return null;
    const number = await nextDeltaNumber(tx);
    const stretch = { source: SOURCE, partition: 0, from: number, to: number + 1n };
    const whenDone = await commitBuffer(tx, buffer, stretch, {
      ledger,
      catalog,
      reevaluateAfterMs: REEVALUATE_AFTER_MS,
    });
    await markReplayed(tx, ids);
    // What was counted as dead is counted as what it has become.
    await addEventCounts(tx, SOURCE, 0, noLongerDead(readable));
    await addEventsRead(tx, SOURCE, 0, noLongerRead(readable));
    return whenDone;
  });
  committed?.();
  return committed === null ? null : outcome;
}

interface Decoders {
  readonly limits: DecodeLimits;
  readonly ofLog: LogDecoders;
}

/** What became of a letter's events: one, or as many as a message of its format holds, or none. */
interface ReadLetter {
  readonly letter: StoredDeadLetter;
  readonly admissions: readonly Admission[];
}

const isReadable = (admissions: readonly Admission[]): boolean =>
  admissions.every(({ outcome }) => outcome !== 'dead_letter');

function outcomeOf(read: readonly ReadLetter[]): BatchOutcome {
  const admissions = read.flatMap((each) => each.admissions);
  const stillDead = admissions.flatMap((admission) =>
    admission.outcome === 'dead_letter' ? admission.letter.reason : [],
  );
  const duplicates = admissions.filter((admission) => admission.outcome === 'duplicate').length;
  return { accepted: admissions.length - stillDead.length - duplicates, duplicates, stillDead };
}

async function readAgain(
  letters: readonly StoredDeadLetter[],
  decoders: Decoders,
  buffer: CheckpointBuffer,
  context: IntakeContext,
): Promise<ReadLetter[]> {
  const decoded: { readonly letter: StoredDeadLetter; readonly rows: DecodedRecord[] }[] = [];
  for (const letter of letters) {
    const decoder = decoders.ofLog(letter.position.source);
    const type = letter.eventType ?? 'unknown';
    if (decoder === null) {
      decoded.push({ letter, rows: [decodeEvent(letter, decoders.limits)] });
      continue;
    }
    const record = recordOf(letter);
    await decoder.prepare([record]);
    const rows = decodeRows(record, letter.position, type, decoder, context);
    if (rows.length === 0) passOver(type, buffer);
    decoded.push({ letter, rows });
  }
  const admissions = await admit(
    decoded.flatMap(({ rows }) => rows),
    buffer,
    context,
  );
  let at = 0;
  return decoded.map(({ letter, rows }) => {
    at += rows.length;
    return { letter, admissions: admissions.slice(at - rows.length, at) };
  });
}

function recordOf({ position, bytes, key, headers, recordMs }: StoredDeadLetter): RawRecord {
  return {
    offset: position.offset,
    timestampMs: recordMs,
    key,
    value: bytes,
    ...(headers === null ? {} : { headers }),
  };
}

function decodeEvent(letter: StoredDeadLetter, limits: DecodeLimits): DecodedRecord {
  const { position, bytes, hashed } = letter;
  // What was hashed when it was put aside is not hashed twice.
  const privacy = limits.privacy?.withHashed(hashed) ?? null;
  const decode = createDecoder(
    { ...limits, privacy },
    {
      typeFromTopic: isEventType(letter.eventType) ? letter.eventType : undefined,
    },
  );
  const result = decode(bytes, position, letter.recordMs);
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

/** The line has counted them as read a second time, by what they turned out to be. */
function noLongerRead(letters: readonly StoredDeadLetter[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { eventType } of letters) {
    const type = eventType ?? 'unknown';
    counts.set(type, (counts.get(type) ?? 0) - 1);
  }
  return counts;
}
