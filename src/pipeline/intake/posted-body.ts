import type { RawRecord } from '../../core/events/log-source.ts';
import type { SourcePosition } from '../../core/events/events.ts';
import { createDecoder } from '../../decode/decoder.ts';
import type { DecodeLimits } from '../../decode/limits.ts';
import { arrayElements } from '../../decode/array-elements.ts';
import { type BodyLine, bodyLines } from '../../decode/ndjson.ts';
import type { RecordDecoder } from '../../decode/record-decoder.ts';
import { NoticeCounts } from '../../window/checkpoint/notices.ts';
import { decodeRows, earsOf } from './format-intake.ts';
import type { IntakeContext } from './intake.ts';
import type { DecodedRecord } from './plan-records.ts';

/** More would hold a transaction up for too long. Senders split their bodies. */
const MAX_EVENTS_PER_BODY = 50_000;
export const TOO_MANY_EVENTS = `at most ${MAX_EVENTS_PER_BODY} events are taken at once; split the body`;

/** Found while a body is read that more is in it than one transaction takes. Nothing of it is stored. */
export class BodyTooLarge extends Error {
  override readonly name = 'BodyTooLarge';
}

/** So many events are decoded at once: what they become is many times their bytes. */
const PIECE = 1_000;

/** Some events of a posted body, still to be admitted. */
export interface BodyPiece {
  readonly records: readonly DecodedRecord[];
  /** The line each record stands on, or its place in the array, from 0. */
  readonly lines: readonly number[];
  /** Messages of the format that say nothing about a prediction. */
  readonly passedOver: number;
  readonly notices: NoticeCounts;
}

/** A posted body. It may be read more than once, and is read in pieces. */
export type ReadBody = () => Iterable<BodyPiece>;

/** A body of one piece, as nearly all are, is decoded once however often it is read. */
function keepingOne(pieces: ReadBody): ReadBody {
  let only: BodyPiece | null = null;
  return function* kept() {
    if (only !== null) {
      yield only;
      return;
    }
    let first: BodyPiece | null = null;
    let count = 0;
    for (const piece of pieces()) {
      count += 1;
      first = count === 1 ? piece : null;
      yield piece;
    }
    only = first;
  };
}

/** A body of plain events: one, an array, or one a line. Null: too many of them. */
export function readEventBody(
  body: Uint8Array,
  limits: DecodeLimits,
  first: SourcePosition,
  receivedAtMs: number,
): ReadBody | null {
  // Of plain events only: in other formats an array is a message.
  const lines = upToMost(arrayElements(body) ?? bodyLines(body));
  return (
    lines &&
    keepingOne(function* pieces() {
      for (let from = 0; from < lines.length; from += PIECE) {
        const notices = new NoticeCounts();
        const decode = createDecoder(limits, earsOf(notices));
        const some = lines.slice(from, from + PIECE);
        yield {
          records: some.map(({ index, bytes }) => {
            const position = { ...first, offset: first.offset + BigInt(index) };
            const result = decode(bytes, position, receivedAtMs);
            return { result, type: result.ok ? result.value.type : 'unknown', position, bytes };
          }),
          lines: some.map(({ index }) => index),
          passedOver: 0,
          notices,
        };
      }
    })
  );
}

export interface FormatBody {
  readonly body: Uint8Array;
  readonly headers: ReadonlyMap<string, string>;
  readonly isOneMessage: boolean;
  readonly receivedAtMs: number;
}

/** A body of another format: one message, or one a line. Null: too many messages. Rejects when a schema cannot be had. */
export async function readFormatBody(
  posted: FormatBody,
  decoder: RecordDecoder,
  first: SourcePosition,
  context: Pick<IntakeContext, 'catalog'>,
): Promise<ReadBody | null> {
  const messages = messagesOf(posted, first);
  if (messages === null) return null;
  await decoder.prepare(messages);
  return keepingOne(function* pieces() {
    let events = 0;
    let piece = emptyPiece();
    for (const message of messages) {
      const position = { ...first, offset: message.offset };
      const rows = decodeRows(message, position, 'unknown', decoder, context, earsOf(piece.notices));
      if (rows.length === 0) piece.passedOver += 1;
      events += rows.length;
      if (events > MAX_EVENTS_PER_BODY) throw new BodyTooLarge(TOO_MANY_EVENTS);
      for (const row of rows) {
        piece.records.push(row);
        piece.lines.push(Number(message.offset - first.offset));
      }
      if (piece.records.length < PIECE) continue;
      yield piece;
      piece = emptyPiece();
    }
    yield piece;
  });
}

const emptyPiece = () => ({
  records: [] as DecodedRecord[],
  lines: [] as number[],
  passedOver: 0,
  notices: new NoticeCounts(),
});

function messagesOf(
  { body, headers, isOneMessage, receivedAtMs }: FormatBody,
  first: SourcePosition,
): RawRecord[] | null {
  const about = { timestampMs: receivedAtMs, headers: bytesOf(headers) };
  const lines = isOneMessage ? [{ index: 0, bytes: body }] : upToMost(bodyLines(body));
  // The id of a request is that of its message, when there is only one.
  const id = lines?.length === 1 ? headers.get('x-request-id') : undefined;
  return (
    lines?.map(({ index, bytes }) => ({
      ...about,
      offset: first.offset + BigInt(index),
      key: id === undefined ? null : Buffer.from(id),
      value: bytes,
    })) ?? null
  );
}

function upToMost(messages: Generator<BodyLine>): BodyLine[] | null {
  const lines = [...messages.take(MAX_EVENTS_PER_BODY + 1)];
  return lines.length > MAX_EVENTS_PER_BODY ? null : lines;
}

function bytesOf(headers: ReadonlyMap<string, string>): Map<string, Uint8Array> {
  return new Map([...headers].map(([name, value]) => [name, Buffer.from(value)]));
}
