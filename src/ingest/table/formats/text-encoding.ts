/** In which encoding a text file is written, and a copy of it in UTF-8: the only one the database reads. */
import { isAscii, isUtf8 } from 'node:buffer';
import { createReadStream, createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { UserError } from '../../../core/errors.ts';
import { notGzip } from './gzip.ts';

/** The name of an encoding as TextDecoder has it; `utf-8` needs no copy. */
export interface FoundEncoding {
  readonly encoding: string;
  /** The file said so itself: by a byte order mark, or by being valid UTF-8. */
  readonly isCertain: boolean;
  readonly hasMark: boolean;
}

const CHUNK_BYTES = 1024 * 1024;
/** Enough to tell whether every second byte is zero. */
const HEAD_BYTES = 64 * 1024;
/** Text of two bytes a character has about this share of zeros on one side, and hardly any on the other. */
const MANY_ZEROS = 0.3;
const FEW_ZEROS = 0.05;

/**
 * By its byte order mark; else UTF-16 where every second byte of the beginning is zero; else UTF-8 where all of it is
 * valid; else Windows-1252, of which Latin-1 is a part, unless most of what is not ASCII is UTF-8.
 *
 * @param said what the caller knows better
 * @throws UserError with line and byte where the file is UTF-8 but for some bytes
 */
export async function findEncoding(
  path: string,
  gzipped: boolean,
  said: string | null,
): Promise<FoundEncoding> {
  let head: Buffer = Buffer.alloc(0);
  let isFirst = true;
  let rest: Buffer = Buffer.alloc(0);
  for await (const chunk of unpackedBytes(path, gzipped)) {
    if (isFirst) {
      head = chunk.subarray(0, HEAD_BYTES);
      const marked = byMark(head) ?? (said === null ? byZeros(head) : null);
      if (marked !== null && (said === null || sameFamily(said, marked.encoding)))
        return marked.encoding === 'utf-8' ? await markedUtf8(path, gzipped) : marked;
      if (said !== null && said !== 'utf-8') return { encoding: said, isCertain: true, hasMark: false };
      isFirst = false;
    }
    const whole = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    const end = completeUntil(whole);
    const complete = whole.subarray(0, end);
    if (!isAscii(complete) && !isUtf8(complete)) return await notUtf8(path, gzipped, said);
    rest = Buffer.from(whole.subarray(end));
  }
  if (rest.length > 0 && !isUtf8(rest)) return await notUtf8(path, gzipped, said);
  return { encoding: 'utf-8', isCertain: true, hasMark: false };
}

async function markedUtf8(path: string, gzipped: boolean): Promise<FoundEncoding> {
  const faults = await utf8Faults(path, gzipped);
  if (faults.first !== null) throw brokenUtf8(path, faults.first);
  return { encoding: 'utf-8', isCertain: true, hasMark: true };
}

/** `utf-16` of the command line is either kind; the mark tells. */
function sameFamily(said: string, marked: string): boolean {
  return said === marked || (said.startsWith('utf-16') && marked.startsWith('utf-16'));
}

function byMark(head: Buffer): FoundEncoding | null {
  const marked = (encoding: string): FoundEncoding => ({ encoding, isCertain: true, hasMark: true });
  if (head[0] === 0xef && head[1] === 0xbb && head[2] === 0xbf) return marked('utf-8');
  if (head[0] === 0xff && head[1] === 0xfe) return marked('utf-16le');
  return head[0] === 0xfe && head[1] === 0xff ? marked('utf-16be') : null;
}

function byZeros(head: Buffer): FoundEncoding | null {
  const zeros = [0, 0];
  for (let at = 0; at < head.length; at += 1) if (head[at] === 0) zeros[at % 2]! += 1;
  const share = (side: 0 | 1): number => (2 * zeros[side]!) / Math.max(1, head.length);
  const found = (encoding: string): FoundEncoding => ({ encoding, isCertain: false, hasMark: false });
  if (share(1) > MANY_ZEROS && share(0) < FEW_ZEROS) return found('utf-16le');
  return share(0) > MANY_ZEROS && share(1) < FEW_ZEROS ? found('utf-16be') : null;
}

/** Where the last character that is whole ends: a chunk may cut one in two. */
function completeUntil(bytes: Buffer): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back += 1) {
    const byte = bytes[bytes.length - back]!;
    if (byte < 0x80) return bytes.length;
    if (byte >= 0xc0) return lengthOf(byte) > back ? bytes.length - back : bytes.length;
  }
  return bytes.length;
}

const lengthOf = (lead: number): number => (lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2);

interface Place {
  readonly line: number;
  /** Of the file, from 0. */
  readonly offset: number;
  readonly byte: number;
}

async function notUtf8(path: string, gzipped: boolean, said: string | null): Promise<FoundEncoding> {
  const { valid, invalid, first } = await utf8Faults(path, gzipped);
  if (first !== null && (said !== null || valid >= invalid)) throw brokenUtf8(path, first);
  return { encoding: 'windows-1252', isCertain: false, hasMark: false };
}

/** Byte by byte: only what is not valid as a whole is looked at so closely. */
async function utf8Faults(
  path: string,
  gzipped: boolean,
): Promise<{ valid: number; invalid: number; first: Place | null }> {
  let [valid, invalid, line, offset] = [0, 0, 1, 0];
  let first: Place | null = null;
  let rest: Buffer = Buffer.alloc(0);
  const look = (bytes: Buffer, end: number): void => {
    for (let at = 0; at < end;) {
      const byte = bytes[at]!;
      if (byte < 0x80) {
        if (byte === 0x0a) line += 1;
        at += 1;
        continue;
      }
      const length = lengthOf(byte);
      if (byte >= 0xc0 && isUtf8(bytes.subarray(at, at + length)) && at + length <= bytes.length) {
        valid += 1;
        at += length;
      } else {
        first ??= { line, offset: offset + at, byte };
        invalid += 1;
        at += 1;
      }
    }
    offset += end;
  };
  for await (const chunk of unpackedBytes(path, gzipped)) {
    const whole = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    const end = completeUntil(whole);
    look(whole, end);
    rest = Buffer.from(whole.subarray(end));
  }
  look(rest, rest.length);
  return { valid, invalid, first };
}

function brokenUtf8(path: string, { line, offset, byte }: Place): UserError {
  const shown = byte.toString(16).toUpperCase().padStart(2, '0');
  return new UserError(
    `${path} is not valid UTF-8: byte ${(offset + 1).toLocaleString('en')}, in line ${line.toLocaleString('en')}, is 0x${shown}`,
    { fix: 'Write that line again, or say what the file is written in: --encoding windows-1252.' },
  );
}

/** The content of a file in UTF-8, unpacked and without a mark. */
export async function writeUtf8(
  path: string,
  target: string,
  { gzipped, encoding }: { gzipped: boolean; encoding: string },
): Promise<void> {
  const decode = async function* (): AsyncGenerator<string | Buffer> {
    const decoder = new TextDecoder(encoding);
    for await (const chunk of unpackedBytes(path, gzipped)) yield decoder.decode(chunk, { stream: true });
    yield decoder.decode();
  };
  await pipeline(Readable.from(decode()), createWriteStream(target));
}

/** Bytes as they come, unpacked. */
export async function* unpackedBytes(path: string, gzipped: boolean): AsyncGenerator<Buffer> {
  const file = createReadStream(path, { highWaterMark: CHUNK_BYTES });
  const unpack = gzipped ? createGunzip({ chunkSize: CHUNK_BYTES }) : null;
  // Errors of the file do not travel through pipe by themselves.
  if (unpack !== null) file.on('error', (error) => unpack.destroy(error)).pipe(unpack);
  try {
    for await (const chunk of (unpack ?? file) as AsyncIterable<Buffer>) yield chunk;
  } catch (error) {
    throw notGzip(path, error);
  } finally {
    file.destroy();
    unpack?.destroy();
  }
}

/**
 * What `--encoding` may say, as TextDecoder calls it; latin1 is read as Windows-1252, as browsers do.
 *
 * @example encodingNamed('latin1') // 'windows-1252'
 */
export function encodingNamed(name: string): string | null {
  try {
    return new TextDecoder(name).encoding;
  } catch {
    return null;
  }
}
