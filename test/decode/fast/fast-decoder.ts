import { ok } from '../../../src/core/result.ts';
import type { Decoder, DecoderOptions } from '../../../src/decode/decoder.ts';
import { createDecoder } from '../../../src/decode/decoder.ts';
import type { DecodeLimits } from '../../../src/decode/limits.ts';
import { FlatReader } from '../../../src/decode/fast/flat-reader.ts';
import type { CountingKernel } from '../../../src/kernel/kernel.ts';
import { loadedKernel } from '../../../src/kernel/load-kernel.ts';
import { flatLogEvent } from './flat-event.ts';

/** The kernel that `test/harness/kernel-setup.ts` has compiled. */
export function testKernel(): CountingKernel {
  const kernel = loadedKernel();
  if (kernel === null) throw new Error('there is no kernel: npm test compiles it');
  return kernel;
}

export function createReader(limits: DecodeLimits, maxShapes?: number): FlatReader {
  return new FlatReader(testKernel(), limits, maxShapes);
}

/**
 * A decoder with the answers of `createDecoder`, faster on messages whose shape repeats: known shapes are read from
 * their bytes, all others go the ordinary way and are learned. Whoever counts rows without keeping events uses the
 * `FlatReader` itself.
 */
export function createFastDecoder(limits: DecodeLimits, options: DecoderOptions = {}): Decoder {
  const reader = createReader(limits);
  let tolerated = false;
  const decode = createDecoder(limits, {
    ...options,
    onTolerated(kind, count) {
      tolerated = true;
      options.onTolerated?.(kind, count);
    },
  });
  return function decodeFast(bytes, position, recordTimestampMs) {
    const row = reader.read([{ value: bytes, timestampMs: recordTimestampMs }], 0);
    const known = row === null || bytes === null ? null : flatLogEvent(row, bytes, position);
    if (known !== null) return ok(known);
    tolerated = false;
    const result = decode(bytes, position, recordTimestampMs);
    if (result.ok && bytes !== null && !tolerated) reader.learn(bytes, result.value);
    return result;
  };
}
