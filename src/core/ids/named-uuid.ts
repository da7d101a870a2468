import { createHash } from 'node:crypto';

/** The same name has the same id, wherever and whenever. Shaped as a UUID of version 8 (free-form), which is what Postgres' column wants. */
export function namedUuid(name: readonly unknown[]): string {
  const bytes = createHash('sha256').update(JSON.stringify(name)).digest();
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x80, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  const hex = bytes.toString('hex').slice(0, 32);
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}
