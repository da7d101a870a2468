import { createReadStream } from 'node:fs';
import { basename } from 'node:path';
import type { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import type { Clock } from '../../core/clock.ts';
import { systemClock } from '../../core/clock.ts';
import { UserError } from '../../core/errors.ts';
import type { RawRecord } from '../../core/events/log-source.ts';
import type { FileLine } from './split-lines.ts';
import { splitLines } from './split-lines.ts';

const DEFAULT_MAX_LINE_BYTES = 1024 * 1024;
const SPACE = 0x20;

export interface EventLines {
  /** `file:<name>`, for positions. */
  readonly source: string;
  /** One record per line that is not blank; its offset is the line's number. Reads no faster than it is read. */
  readonly records: AsyncIterable<RawRecord>;
}

export interface EventLinesOptions {
  readonly maxLineBytes?: number;
  /** Events without a timestamp are from the moment the reading began. */
  readonly clock?: Clock;
}

/**
 * Events, one JSON object per line, from a file (`.gz` is unpacked on the way) or a stream such as stdin.
 * A file that cannot be read, or whose gzip is broken, fails with a UserError while the records are read.
 */
export function readEventLines(input: string | Readable, options: EventLinesOptions = {}): EventLines {
  const name = typeof input === 'string' ? basename(input) : 'stdin';
  return { source: `file:${name}`, records: readRecords(input, options) };
}

async function* readRecords(
  input: string | Readable,
  { maxLineBytes = DEFAULT_MAX_LINE_BYTES, clock = systemClock }: EventLinesOptions,
): AsyncGenerator<RawRecord> {
  const timestampMs = clock.nowMs();
  try {
    for await (const line of splitLines(bytesOf(input), maxLineBytes)) {
      if (!isBlank(line)) yield { offset: BigInt(line.number), timestampMs, key: null, value: line.bytes };
    }
  } catch (error) {
    throw readable(error, typeof input === 'string' ? input : 'stdin');
  }
}

async function* bytesOf(input: string | Readable): AsyncGenerator<Uint8Array> {
  const stream = typeof input === 'string' ? createReadStream(input) : input;
  if (typeof input !== 'string' || !/\.gz$/i.test(input)) {
    yield* stream as AsyncIterable<Uint8Array>;
    return;
  }
  const gunzip = createGunzip();
  stream.once('error', (error: Error) => gunzip.destroy(error));
  try {
    yield* stream.pipe(gunzip) as AsyncIterable<Uint8Array>;
  } finally {
    stream.destroy();
  }
}

const isBlank = (line: FileLine): boolean => line.bytes.every((byte) => byte <= SPACE);

/** What the file system and zlib report, as a sentence; anything else is passed on. */
function readable(error: unknown, name: string): unknown {
  const { code = '', message } = error as NodeJS.ErrnoException;
  const text = TEXTS.get(code);
  if (text !== undefined) return new UserError(`${name} ${text}`, { cause: error });
  if (!code.startsWith('Z_')) return error;
  return new UserError(`${name} is not gzip, or is cut off: ${message}`, {
    fix: 'Copy it again, or take .gz off its name when it is not compressed.',
    cause: error,
  });
}

const TEXTS: ReadonlyMap<string, string> = new Map([
  ['ENOENT', 'does not exist'],
  ['EISDIR', 'is a folder, not a file'],
  ['EACCES', 'may not be read by this user'],
]);
