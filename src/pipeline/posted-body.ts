import type { RawRecord } from '../core/log-source.ts';
import type { SourcePosition } from '../core/events.ts';
import { createDecoder } from '../decode/decoder.ts';
import type { DecodeLimits } from '../decode/limits.ts';
import { type BodyLine, bodyLines } from '../decode/ndjson.ts';
import type { RecordDecoder } from '../decode/record-decoder.ts';
import { NoticeCounts } from '../window/notices.ts';
import { decodeRows, earsOf } from './format-intake.ts';
import type { IntakeContext } from './intake.ts';
import type { DecodedRecord } from './plan-records.ts';

/** More would hold a transaction up for too long. Senders split their bodies. */
export const MAX_EVENTS_PER_BODY = 50_000;

/** The events of a posted body, still to be admitted. */
export interface ReadBody {
  readonly records: readonly DecodedRecord[];
  /** The line each record stands on, from 0. */
  readonly lines: readonly number[];
  /** Messages of the format that say nothing about a prediction. */
  readonly passedOver: number;
  readonly notices: NoticeCounts;
}

/** A body of plain events. Null: too many of them. */
export function readEventBody(
  body: Uint8Array,
  limits: DecodeLimits,
  first: SourcePosition,
  receivedAtMs: number,
): ReadBody | null {
  const notices = new NoticeCounts();
  const decode = createDecoder(limits, earsOf(notices));
  const lines = linesOf(body);
  return (
    lines && {
      records: lines.map(({ index, bytes }) => {
        const position = { ...first, offset: first.offset + BigInt(index) };
        const result = decode(bytes, position, receivedAtMs);
        return { result, type: result.ok ? result.value.type : 'unknown', position, bytes };
      }),
      lines: lines.map(({ index }) => index),
      passedOver: 0,
      notices,
    }
  );
}

export interface FormatBody {
  readonly body: Uint8Array;
  readonly headers: ReadonlyMap<string, string>;
  readonly isOneMessage: boolean;
  readonly receivedAtMs: number;
}

/** A body of another format: one message, or one a line. Null: too many events. Rejects when a schema cannot be had. */
export async function readFormatBody(
  posted: FormatBody,
  decoder: RecordDecoder,
  first: SourcePosition,
  context: Pick<IntakeContext, 'catalog'>,
): Promise<ReadBody | null> {
  const messages = messagesOf(posted, first);
  if (messages === null) return null;
  await decoder.prepare(messages);
  const records: DecodedRecord[] = [];
  const lines: number[] = [];
  const notices = new NoticeCounts();
  const ears = earsOf(notices);
  let passedOver = 0;
  for (const message of messages) {
    const position = { ...first, offset: message.offset };
    const rows = decodeRows(message, position, 'unknown', decoder, context, ears);
    if (rows.length === 0) passedOver += 1;
    if (records.length + rows.length > MAX_EVENTS_PER_BODY) return null;
    for (const row of rows) {
      records.push(row);
      lines.push(Number(message.offset - first.offset));
    }
  }
  return { records, lines, passedOver, notices };
}

function messagesOf(
  { body, headers, isOneMessage, receivedAtMs }: FormatBody,
  first: SourcePosition,
): RawRecord[] | null {
  const about = { timestampMs: receivedAtMs, headers: bytesOf(headers) };
  const lines = isOneMessage ? [{ index: 0, bytes: body }] : linesOf(body);
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

function linesOf(body: Uint8Array): BodyLine[] | null {
  const lines = [...bodyLines(body).take(MAX_EVENTS_PER_BODY + 1)];
  return lines.length > MAX_EVENTS_PER_BODY ? null : lines;
}

function bytesOf(headers: ReadonlyMap<string, string>): Map<string, Uint8Array> {
  return new Map([...headers].map(([name, value]) => [name, Buffer.from(value)]));
}
