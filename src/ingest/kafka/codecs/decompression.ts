import type { UnreadableRange } from '../../../core/events/log-source.ts';
import type { Result } from '../../../core/result.ts';

export interface DecompressionFailure {
  readonly reason: UnreadableRange['reason'];
  readonly detail: string;
}

/** Output never exceeds `maxBytes`, nor does the memory used to find out that it would. */
export type Decompress = (
  compressed: Buffer,
  maxBytes: number,
) => Promise<Result<Buffer, DecompressionFailure>>;

type Failed = { readonly ok: false; readonly error: DecompressionFailure };

export const overLimit = (codec: string, maxBytes: number): Failed => ({
  ok: false,
  error: {
    reason: 'decompression_limit',
    detail: `a ${codec} batch unpacks to more than ${maxBytes} bytes`,
  },
});

export const broken = (codec: string, what: string): Failed => ({
  ok: false,
  error: { reason: 'codec_error', detail: `a ${codec} batch cannot be unpacked: ${what}` },
});
