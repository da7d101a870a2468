import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { LogEventType } from '../../../src/core/events/events.ts';
import type { Tolerated } from '../../../src/decode/decoder.ts';
import { createDecoder } from '../../../src/decode/decoder.ts';
import { createFastDecoder, createReader } from './fast-decoder.ts';
import { flatLogEvent } from './flat-event.ts';
import { DEFAULT_DECODE_LIMITS } from '../../../src/decode/limits.ts';
import { POSITION, RECORD_MS } from '../decode.ts';
import { laterFieldsIn, laterFieldsOf } from './later-fields.ts';
import { cousins, labels, siblings } from './messages.ts';

const typeFromTopic = fc.constantFrom<LogEventType | undefined>('prediction', 'features', 'label', undefined);
const recordMs = fc.constantFrom(RECORD_MS, RECORD_MS, RECORD_MS, -1, 1e15);

describe('the fast decoder', () => {
  it.each([
    { of: 'one shape', messages: siblings, runs: 250, share: 0.3 },
    { of: 'labels', messages: labels, runs: 250, share: 0.3 },
    { of: 'shapes that change', messages: cousins, runs: 120, share: 0.2 },
  ])('answers messages of $of as the ordinary one does, to the last detail', ({ messages, runs, share }) => {
    let hits = 0;
    let events = 0;
    fc.assert(
      fc.property(messages, typeFromTopic, recordMs, (given, type, record) => {
        const tolerated: Record<'slow' | 'fast', [Tolerated, number][]> = { slow: [], fast: [] };
        const options = (way: 'slow' | 'fast') => ({
          typeFromTopic: type,
          onTolerated: (kind: Tolerated, count: number) => void tolerated[way].push([kind, count]),
        });
        const slow = createDecoder(DEFAULT_DECODE_LIMITS, options('slow'));
        const fast = createFastDecoder(DEFAULT_DECODE_LIMITS, options('fast'));
        const reader = createReader(DEFAULT_DECODE_LIMITS);
        const block = [...given, ...given].map((value) => ({ value, timestampMs: record }));
        for (const [i, { value: bytes }] of block.entries()) {
          const before = tolerated.slow.length;
          const expected = slow(bytes, POSITION, record);
          const found = fast(bytes, POSITION, record);
          expect(found).toStrictEqual(expected);
          if (!expected.ok) continue;
          events += 1;
          const row = reader.read(block, i);
          const event = row === null ? null : flatLogEvent(row, bytes, POSITION);
          if (row !== null && event !== null) {
            hits += 1;
            expect(event).toStrictEqual(expected.value);
            expect(laterFieldsOf(row)).toEqual(laterFieldsIn(row, bytes));
            // Columns that come and go have an order of their own.
            if ('features' in expected.value && 'features' in event && !row.layout.byKeys) {
              expect([...event.features]).toStrictEqual([...expected.value.features]);
              expect([...event.tags]).toStrictEqual([...expected.value.tags]);
            }
          } else if (tolerated.slow.length === before) reader.learn(bytes, expected.value);
        }
        expect(tolerated.fast).toStrictEqual(tolerated.slow);
      }),
      { numRuns: runs, seed: 20_260_301 },
    );
    // The law would be empty if everything took the ordinary way.
    expect(hits).toBeGreaterThan(share * events);
  });
});
