/** A message nested deeper than this in its file is no schema but noise. */
const MAX_INDEXES = 32;
const MAX_VARINT_BYTES = 5;

export interface MessageIndexes {
  /** From the file's messages inwards: [1, 0] is the first message inside the second. */
  readonly indexes: readonly number[];
  readonly bytesRead: number;
}

/**
 * Which message of its file a Protobuf payload is: a zigzag varint count and as many indexes; a single zero byte is
 * short for the first message. Throws on anything else.
 *
 * @example readMessageIndexes(Uint8Array.of(6, 2, 4, 6)) // { indexes: [1, 2, 3], bytesRead: 4 }
 */
export function readMessageIndexes(bytes: Uint8Array): MessageIndexes {
  let at = 0;
  const next = (): number => {
    let value = 0;
    for (let place = 0; place < MAX_VARINT_BYTES; place += 1) {
      const byte = bytes[at];
      if (byte === undefined) throw new Error('the message indexes end too early');
      at += 1;
      value += (byte & 0x7f) * 2 ** (7 * place);
      if (byte < 0x80) return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
    }
    throw new Error('a message index is too long');
  };
  const count = next();
  if (count === 0) return { indexes: [0], bytesRead: at };
  if (count < 0 || count > MAX_INDEXES) throw new Error(`${count} is no number of message indexes`);
  const indexes: number[] = [];
  for (let each = 0; each < count; each += 1) {
    const index = next();
    if (index < 0) throw new Error(`${index} is no message index`);
    indexes.push(index);
  }
  return { indexes, bytesRead: at };
}
