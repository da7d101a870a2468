import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { LogEventType } from '../../../src/core/events/events.ts';
import type { Tolerated } from '../../../src/decode/decoder.ts';
import { createDecoder } from '../../../src/decode/decoder.ts';
import { createFastDecoder, createReader } from './fast-decoder.ts';
import { flatEvent } from './flat-event.ts';
import { DEFAULT_DECODE_LIMITS } from '../../../src/decode/limits.ts';
import { POSITION, RECORD_MS } from '../decode.ts';
import { siblings } from './messages.ts';

const RUNS = { numRuns: 250, seed: 20_260_301 };
const typeFromTopic = fc.constantFrom<LogEventType | undefined>('prediction', 'features', undefined);
const recordMs = fc.constantFrom(RECORD_MS, RECORD_MS, RECORD_MS, -1, 1e15);

describe('the fast decoder', () => {
  it('answers every message as the ordinary one does, to the last detail and in the same order', () => {
    let hits = 0;
    let events = 0;
    fc.assert(
      fc.property(siblings, typeFromTopic, recordMs, (messages, type, record) => {
        const tolerated: Record<'slow' | 'fast', [Tolerated, number][]> = { slow: [], fast: [] };
        const options = (way: 'slow' | 'fast') => ({
          typeFromTopic: type,
          onTolerated: (kind: Tolerated, count: number) => void tolerated[way].push([kind, count]),
        });
        const slow = createDecoder(DEFAULT_DECODE_LIMITS, options('slow'));
        const fast = createFastDecoder(DEFAULT_DECODE_LIMITS, options('fast'));
        const reader = createReader(DEFAULT_DECODE_LIMITS);
        const block = [...messages, ...messages].map((value) => ({ value, timestampMs: record }));
        for (const [i, { value: bytes }] of block.entries()) {
          const expected = slow(bytes, POSITION, record);
          const found = fast(bytes, POSITION, record);
          expect(found).toStrictEqual(expected);
          if (!expected.ok) continue;
          events += 1;
          if ('features' in expected.value && found.ok && 'features' in found.value) {
            expect([...found.value.features]).toStrictEqual([...expected.value.features]);
            expect([...found.value.tags]).toStrictEqual([...expected.value.tags]);
          }
          const row = reader.read(block, i);
          if (row !== null) {
            hits += 1;
            expect(flatEvent(row, bytes, POSITION)).toStrictEqual(expected.value);
          } else if (!tolerated.slow.length) reader.learn(bytes, expected.value);
        }
        expect(tolerated.fast).toStrictEqual(tolerated.slow);
      }),
      RUNS,
    );
    // The law would be empty if everything took the ordinary way.
    expect(hits).toBeGreaterThan(0.3 * events);
  });
});
