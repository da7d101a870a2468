import type { Decompress } from './decompression.ts';
import { decompressLz4 } from './lz4.ts';
import { decompressSnappy } from './snappy.ts';
import { decompressGzip, decompressZstd } from './zlib-codecs.ts';

export interface Codec {
  readonly name: string;
  readonly decompress: Decompress;
}

/** By the number that a batch names them with, less one: 0 is none. */
const CODECS: readonly Codec[] = [
  { name: 'gzip', decompress: decompressGzip },
  { name: 'snappy', decompress: decompressSnappy },
  { name: 'lz4', decompress: decompressLz4 },
  { name: 'zstd', decompress: decompressZstd },
];

/** Null for a number that no codec has. */
export function codecOf(number: number): Codec | null {
  return CODECS[number - 1] ?? null;
}
