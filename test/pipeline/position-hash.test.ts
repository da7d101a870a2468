import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hashIdBytes, idHash, toBigint } from '../../src/core/ids/id-hash.ts';
import { PositionHash, positionHash } from '../../src/pipeline/intake/position-hash.ts';

describe('the hash of a position', () => {
  it('is that of its log and its offset, in whatever order positions come', () => {
    const position = fc.record({
      source: fc.constantFrom('kafka:ml.predictions', 'http', 'file:größe.jsonl', ''),
      partition: fc.nat(3),
      offset: fc.oneof(
        fc.bigInt({ min: 0n, max: 2n ** 63n - 1n }),
        fc.bigInt({ min: 0n, max: 1_000n }),
        fc.constantFrom(0n, 2n ** 31n, 2n ** 32n - 1n, 2n ** 32n, 2n ** 53n - 1n, 2n ** 53n, -1n),
      ),
    });
    const hashes = new PositionHash();
    const lanes = new Int32Array(4);
    fc.assert(
      fc.property(position, ({ source, partition, offset }) => {
        const bytes = Buffer.alloc(16);
        bytes.writeBigInt64LE(idHash(`${source}\u0000${partition}`), 0);
        bytes.writeBigInt64LE(offset, 8);
        hashIdBytes(bytes, 0, 16, lanes);
        const expected = toBigint(lanes[1] ?? 0, lanes[0] ?? 0);
        hashes.of({ source, partition, offset }, lanes);
        expect(toBigint(lanes[1] ?? 0, lanes[0] ?? 0)).toBe(expected);
        expect(positionHash({ source, partition, offset })).toBe(expected);
      }),
      { numRuns: 2_000, seed: 7 },
    );
  });

  it('differs for every row of three partitions, and is as likely to be small as large', () => {
    const hashes = [0, 1, 2].flatMap((partition) =>
      Array.from({ length: 20_000 }, (_, row) =>
        positionHash({ source: 'kafka:ml.predictions', partition, offset: BigInt(row) }),
      ),
    );
    expect(new Set(hashes).size).toBe(60_000);
    // A tenth of the range holds a tenth of the rows: standard deviation 73.
    const tenth = hashes.filter((hash) => hash < -(2n ** 63n) + 2n ** 64n / 10n);
    expect(Math.abs(tenth.length - 6_000)).toBeLessThan(300);
  });
});
