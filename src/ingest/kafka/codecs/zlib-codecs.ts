import { promisify } from 'node:util';
import { unzip, zstdDecompress } from 'node:zlib';
import { ok } from '../../../core/result.ts';
import type { Decompress } from './decompression.ts';
import { broken, overLimit } from './decompression.ts';

const OUTPUT_TOO_LARGE = 'ERR_BUFFER_TOO_LARGE';

/** Node's own decompressors run off the event loop and stop as soon as the output outgrows the limit. */
function zlibCodec(
  codec: string,
  unpack: (compressed: Buffer, options: { maxOutputLength: number }) => Promise<Buffer>,
): Decompress {
  return async function decompress(compressed, maxBytes) {
    try {
      return ok(await unpack(compressed, { maxOutputLength: maxBytes }));
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      return code === OUTPUT_TOO_LARGE ? overLimit(codec, maxBytes) : broken(codec, message);
    }
  };
}

export const decompressGzip = zlibCodec('gzip', promisify(unzip));
export const decompressZstd = zlibCodec('zstd', promisify(zstdDecompress));
