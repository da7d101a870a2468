declare module 'snappyjs' {
  /** Throws on a broken stream, and when the stream claims more than `maxLength` bytes. */
  export function uncompress(compressed: Buffer, maxLength?: number): Buffer;
  export function compress(uncompressed: Buffer): Buffer;
}
