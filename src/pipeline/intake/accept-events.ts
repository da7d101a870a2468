import { createHash } from 'node:crypto';
import type {
  AcceptEvents,
  EventsAccepted,
  EventsRefused,
  EventSubmission,
  PostedAs,
} from '../../api/api-deps.ts';
import type { SourcePosition } from '../../core/events/events.ts';
import type { Result } from '../../core/result.ts';
import { errorMessage } from '../../core/errors.ts';
import { fail, ok } from '../../core/result.ts';
import type { DecodeLimits } from '../../decode/limits.ts';
import { RegistryUnavailable } from '../../ingest/registry/registry-client.ts';
import { step } from '../../core/trace/steps.ts';
import { isOutage } from '../../store/connection/outage.ts';
import { findEventBatch, saveEventBatch } from '../../store/log/event-batches.ts';
import { inTransaction, type Pool } from '../../store/connection/pool.ts';
import { touchPosition } from '../../store/log/source-positions.ts';
import { loadEventTimes } from '../../store/log/watermarks.ts';
import { nextDeltaNumber } from '../../store/windows/window-parts.ts';
import { CheckpointBuffer } from '../../window/checkpoint/buffer.ts';
import type { HeldIds } from '../../window/checkpoint/held-ids.ts';
import { MAX_CELLS, MAX_OPENED_WINDOWS, MAX_WINDOWS, UNLIMITED } from '../../window/checkpoint/limits.ts';
import { EventTimes } from '../../window/event-times.ts';
import type { SegmentRegistry } from '../../window/segments.ts';
import { commitBuffer, preparePartitions, type Stretch } from './commit-buffer.ts';
import { IdLedger, knowingBetter } from './id-ledger.ts';
import { passOver } from './format-intake.ts';
import { admit, type Admission } from './intake.ts';
import type { LogDecoders } from './log-decoders.ts';
import { keepingUp } from '../windows/keep-up.ts';
import type { ModelCatalog } from '../windows/model-catalog.ts';
import { openedWindows } from './opened-windows.ts';
import {
  BodyTooLarge,
  type ReadBody,
  readEventBody,
  readFormatBody,
  TOO_MANY_EVENTS,
} from './posted-body.ts';
import type { PostedFormat } from './posted-formats.ts';

export interface AcceptEventsOptions {
  readonly pool: Pool;
  readonly catalog: ModelCatalog;
  readonly segments: SegmentRegistry;
  /** Shared with the other ways in of this process. */
  readonly ledger?: IdLedger;
  readonly limits: DecodeLimits;
  readonly reevaluateAfterMs: number;
  readonly onLabels?: () => void;
  /** `http`, or the file a replay reads: what the events are said to come from. */
  readonly source?: string;
  /** Other formats than plain events. Absent: there are none. */
  readonly formats?: {
    readonly of: (as: PostedAs) => Result<PostedFormat, string>;
    readonly decoderOf: LogDecoders;
  };
  /** Batches in work at once; more are told to come back. */
  readonly maxConcurrent?: number;
}

function bufferFor(
  { cutoffs }: ModelCatalog,
  times: EventTimes,
  repeated: readonly HeldIds[],
): CheckpointBuffer {
  const buffer = new CheckpointBuffer(null, cutoffs, { ...UNLIMITED, cells: MAX_CELLS }, times.next());
  buffer.repeated = repeated;
  return buffer;
}

/**
 * Takes events that come without a log to re-read: over HTTP, or from a replayed file. Each batch is a source
 * position of its own, committed before it is answered. Sent again with the same idempotency key it is answered
 * from memory; without one, predictions repeated by id are duplicates and count once.
 */
export function createAcceptEvents(options: AcceptEventsOptions): AcceptEvents {
  const source = options.source ?? 'http';
  const ledger = options.ledger ?? new IdLedger();
  const maxConcurrent = options.maxConcurrent ?? 16;
  let running = 0;
  /** Of the batches in work, the oldest first. */
  const buffers = new Set<CheckpointBuffer>();

  return async function acceptEvents(batch) {
    if (running >= maxConcurrent) {
      return fail({ reason: 'busy', detail: `${running} batches are in work`, retryAfterMs: 1_000 });
    }
    running += 1;
    try {
      const reader = readerOf(batch);
      if (!reader.ok) return fail({ reason: 'unknown_format', detail: reader.error });
      const sha256 = bodyHash(batch, reader.value.format);
      const earlier = await answeredBefore(options.pool, batch.idempotencyKey, sha256);
      return earlier ?? (await take(batch, sha256, reader.value));
    } catch (error) {
      if (error instanceof NoRoom) {
        return fail({ reason: 'busy', detail: error.message, retryAfterMs: 1_000 });
      }
      if (error instanceof BodyTooLarge) return fail({ reason: 'too_many_events', detail: error.message });
      if (!isOutage(error)) throw error;
      const detail = `the database could not store it: ${errorMessage(error)}`;
      return fail({ reason: 'unavailable', detail, retryAfterMs: 5_000 });
    } finally {
      running -= 1;
    }
  };

  function readerOf(batch: EventSubmission): Result<BodyReader, string> {
    const found =
      options.formats === undefined || batch.as === undefined ? null : options.formats.of(batch.as);
    if (found !== null && !found.ok) return found;
    const format = found?.value ?? null;
    const decoder = format === null ? null : (options.formats?.decoderOf(`${source}:${format.name}`) ?? null);
    if (format === null || decoder === null) {
      return ok({
        format: null,
        source,
        read: async (first) => readEventBody(batch.body, options.limits, first, batch.receivedAtMs),
      });
    }
    const posted = { ...batch, headers: batch.as?.headers ?? new Map(), isOneMessage: format.isOneMessage };
    return ok({
      format: format.name,
      source: `${source}:${format.name}`,
      read: async (first) => await readFormatBody(posted, decoder, first, options),
    });
  }

  async function take(
    batch: EventSubmission,
    sha256: string,
    reader: BodyReader,
  ): Promise<Result<EventsAccepted, EventsRefused>> {
    const { pool } = options;
    const number = await nextDeltaNumber(pool);
    const first = { source: reader.source, partition: 0, offset: number * BATCH_STRIDE };
    const body = await read(reader, first);
    if (!body.ok) return body;
    // What bodies before it have come to. Those in work at once do not see each other.
    const times = new EventTimes(await loadEventTimes(pool, reader.source, 0));
    const opened = await tooManyWindows(body.value, times, options.catalog);
    if (opened !== null) return fail({ reason: 'too_many_windows', detail: opened });
    await touchPosition(pool, reader.source);
    const stretch = { source: reader.source, partition: 0, from: number, to: number + 1n };
    const once = async (ids: readonly HeldIds[]) =>
      await store(bufferFor(options.catalog, times, ids), batch, sha256, body.value, stretch);
    const answer = await keepingUp(options.catalog, async () => await knowingBetter(once));
    if (answer !== null) return ok(answer);
    const other = await answeredBefore(pool, batch.idempotencyKey, sha256);
    return other ?? fail({ reason: 'busy', detail: 'a batch with this key is in work', retryAfterMs: 1_000 });
  }

  function leaveRoom(buffer: CheckpointBuffer): void {
    const [oldest] = buffers;
    let cells = 0;
    for (const each of buffers) cells += each.cellsLately;
    if (cells > MAX_CELLS_IN_WORK && buffer !== oldest) {
      throw new NoRoom('the batches in work take as much memory as they may');
    }
  }

  /** Null: the same key is in work elsewhere; nothing was stored. */
  async function store(
    buffer: CheckpointBuffer,
    batch: EventSubmission,
    sha256: string,
    pieces: ReadBody,
    stretch: Stretch,
  ): Promise<EventsAccepted | null> {
    buffers.add(buffer);
    try {
      return await step('checkpoint', {}, () => fillAndStore(buffer, batch, sha256, pieces, stretch));
    } finally {
      buffers.delete(buffer);
    }
  }

  async function fillAndStore(
    buffer: CheckpointBuffer,
    batch: EventSubmission,
    sha256: string,
    pieces: ReadBody,
    stretch: Stretch,
  ): Promise<EventsAccepted | null> {
    const { pool } = options;
    const body = new AnswerCounts();
    for (const { records, lines, passedOver, notices } of pieces()) {
      for (let i = 0; i < passedOver; i++) passOver('unknown', buffer);
      buffer.notices.addAll(notices);
      const admitted = await admit(records, buffer, { ...options, ledger, db: pool });
      body.add(lines, admitted, passedOver);
      // Columns are compressed as they come; this is of windows and segments.
      if (admitted.length < records.length || buffer.isFull) throw new BodyTooLarge(tooWide(buffer));
      leaveRoom(buffer);
    }
    await preparePartitions(pool, buffer);
    try {
      const committed = await inTransaction(pool, async (tx) => {
        const whenDone = await commitBuffer(tx, buffer, stretch, { ...options, ledger });
        const fresh =
          batch.idempotencyKey === null ||
          (await saveEventBatch(tx, batch.idempotencyKey, sha256, body.answer));
        // The same key at the same moment: the other one commits, this one leaves no trace and answers alike.
        if (!fresh) throw new RacingBatch();
        return whenDone;
      });
      committed();
    } catch (error) {
      if (error instanceof RacingBatch) return null;
      throw error;
    }
    if (buffer.labels.length > 0) options.onLabels?.();
    return body.answer;
  }
}

/** All batches in work hold no more than two that are as large as one may be. */
const MAX_CELLS_IN_WORK = 2 * MAX_CELLS;

/** Batches in work hold as much as they may; the oldest of them goes on. */
class NoRoom extends Error {
  override readonly name = 'NoRoom';
}

function tooWide({ cells, touched }: CheckpointBuffer): string {
  return (
    `its events go to ${touched.size} windows, whose counts take ${Math.ceil((cells / MAX_CELLS) * CELLS_MIB)} MiB and more; ` +
    `at most ${CELLS_MIB} MiB are taken at once; split the body by time`
  );
}
const CELLS_MIB = (8 * MAX_CELLS) / 2 ** 20;

interface BodyReader {
  /** Null: plain events. */
  readonly format: string | null;
  readonly source: string;
  readonly read: (first: SourcePosition) => Promise<ReadBody | null>;
}

async function read(reader: BodyReader, first: SourcePosition): Promise<Result<ReadBody, EventsRefused>> {
  let body: ReadBody | null;
  try {
    body = await reader.read(first);
  } catch (error) {
    if (!(error instanceof RegistryUnavailable)) throw error;
    return fail({ reason: 'unavailable', detail: error.message, retryAfterMs: 5_000 });
  }
  return body === null ? fail({ reason: 'too_many_events', detail: TOO_MANY_EVENTS }) : ok(body);
}

/** What is said of a body that goes to more windows than one transaction should open. Null: it does not. */
async function tooManyWindows(
  pieces: ReadBody,
  times: EventTimes,
  catalog: ModelCatalog,
): Promise<string | null> {
  const { opened, reached } = await openedWindows(pieces(), times, catalog);
  const remedy = 'split the body by time, or look at its timestamps';
  if (opened > MAX_OPENED_WINDOWS) {
    return `the events would open ${opened} windows; at most ${MAX_OPENED_WINDOWS} are opened at once; ${remedy}`;
  }
  return reached > MAX_WINDOWS
    ? `the events go to ${reached} windows; at most ${MAX_WINDOWS} are written at once; ${remedy}`
    : null;
}

/**
 * The same bytes are another batch when they were posted as something else. Of the headers only those that tell events
 * apart: others may be new with each attempt.
 */
function bodyHash({ body, as }: EventSubmission, format: string | null): string {
  const hash = createHash('sha256');
  if (format !== null) {
    hash.update(JSON.stringify([format, as?.headers.get('ce-type'), as?.headers.get('ce-id')]));
  }
  return hash.update(body).digest('hex');
}

/** Room for the lines of one batch between two batch numbers, so that each line has an offset of its own. */
const BATCH_STRIDE = 10_000_000n;

const UNSAID = { late: 0, ignored: 0 };

class RacingBatch extends Error {}

async function answeredBefore(
  pool: Pool,
  key: string | null,
  sha256: string,
): Promise<Result<EventsAccepted, EventsRefused> | null> {
  if (key === null) return null;
  const earlier = await findEventBatch<EventsAccepted>(pool, key);
  if (earlier === null) return null;
  // Answers of earlier versions did not tell these two from the accepted.
  if (earlier.bodySha256 === sha256) return ok({ ...UNSAID, ...earlier.response });
  return fail({
    reason: 'idempotency_conflict',
    detail: 'this Idempotency-Key was used with a different body; use a new key for new events',
  });
}

/** What became of the events of a batch, piece by piece. */
class AnswerCounts {
  readonly #counts = { accepted: 0, late: 0, ignored: 0, duplicate: 0 };
  readonly #deadLetters: EventsAccepted['dead_letters'] = [];

  add(lines: readonly number[], admissions: readonly Admission[], passedOver: number): void {
    this.#counts.ignored += passedOver;
    for (const [at, admission] of admissions.entries()) {
      if (admission.outcome === 'dead_letter') {
        const { reason, detail } = admission.letter;
        this.#deadLetters.push({ index: lines[at] ?? at, reason, detail });
      } else this.#counts[admission.outcome] += 1;
    }
  }

  get answer(): EventsAccepted {
    const { duplicate: duplicates, ...counts } = this.#counts;
    return { ...counts, duplicates, dead_letters: this.#deadLetters };
  }
}
