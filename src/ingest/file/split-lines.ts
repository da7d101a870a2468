const NEWLINE = 0x0a;
const CARRIAGE_RETURN = 0x0d;

export interface FileLine {
  /** From 1, as editors count. */
  readonly number: number;
  readonly bytes: Uint8Array;
}

/**
 * Lines of a stream of bytes. A line longer than `maxLineBytes` is cut one byte later, so that whoever decodes
 * it sees that it is too large, and the rest is skipped: memory stays at one chunk and one line.
 */
export async function* splitLines(
  chunks: AsyncIterable<Uint8Array>,
  maxLineBytes: number,
): AsyncGenerator<FileLine> {
  let number = 1;
  let parts: Uint8Array[] = [];
  let bytesHeld = 0;
  const hold = (part: Uint8Array): void => {
    const kept = part.subarray(0, maxLineBytes + 1 - bytesHeld);
    if (kept.length === 0) return;
    parts.push(kept);
    bytesHeld += kept.length;
  };
  const take = (): FileLine => {
    const line = { number, bytes: withoutCarriageReturn(Buffer.concat(parts)) };
    number += 1;
    parts = [];
    bytesHeld = 0;
    return line;
  };
  for await (const chunk of chunks) {
    let from = 0;
    for (let at = chunk.indexOf(NEWLINE); at !== -1; at = chunk.indexOf(NEWLINE, from)) {
      hold(chunk.subarray(from, at));
      yield take();
      from = at + 1;
    }
    hold(chunk.subarray(from));
  }
  if (bytesHeld > 0) yield take();
}

function withoutCarriageReturn(line: Buffer): Buffer {
  return line.at(-1) === CARRIAGE_RETURN ? line.subarray(0, -1) : line;
}
