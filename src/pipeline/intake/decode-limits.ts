import type { Config } from '../../config/resolve.ts';
import { Privacy } from '../../core/privacy/privacy.ts';
import { DEFAULT_DECODE_LIMITS, type DecodeLimits } from '../../decode/limits.ts';

/** What a message may cost, and what of it may be kept, wherever it comes in. */
export function decodeLimits({ ingest, models }: Pick<Config, 'ingest' | 'models'>): DecodeLimits {
  return { ...DEFAULT_DECODE_LIMITS, maxFutureMs: ingest.maxFutureMs, privacy: Privacy.of(models) };
}
