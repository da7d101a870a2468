import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import { UserError } from '../../src/core/errors.ts';
import { readEventLines } from '../../src/ingest/file/event-lines.ts';

const folder = mkdtempSync(join(tmpdir(), 'shiftwatch-lines-'));
afterAll(() => rmSync(folder, { recursive: true }));

const clock = { nowMs: () => 1_772_366_400_000 };
function file(name: string, content: string | Buffer): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}
async function linesOf(input: string | Readable, maxLineBytes = 1_000): Promise<[bigint, string][]> {
  const lines: [bigint, string][] = [];
  for await (const { offset, value } of readEventLines(input, { clock, maxLineBytes }).records) {
    lines.push([offset, Buffer.from(value ?? []).toString()]);
  }
  return lines;
}

const CONTENT = '{"a":1}\r\n\n  \n{"b":"é"}\n{"c":3}';
const LINES: [bigint, string][] = [
  [1n, '{"a":1}'],
  [4n, '{"b":"é"}'],
  [5n, '{"c":3}'],
];

describe('event lines', () => {
  it('come from a file, plain or gzipped, and keep their line numbers', async () => {
    expect(await linesOf(file('events.jsonl', CONTENT))).toEqual(LINES);
    expect(await linesOf(file('events.jsonl.gz', gzipSync(CONTENT)))).toEqual(LINES);
    // Two gzip files one after the other are one, as `cat a.gz b.gz` makes them.
    const both = Buffer.concat([gzipSync(CONTENT), gzipSync('\n{"d":4}')]);
    expect(await linesOf(file('both.GZ', both))).toEqual([...LINES, [6n, '{"d":4}']]);
  });

  it('come from a stream, wherever its chunks are cut', async () => {
    const bytes = Buffer.from(CONTENT);
    for (const size of [1, 2, 3, 7, 100]) {
      const chunks = Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) =>
        bytes.subarray(index * size, (index + 1) * size),
      );
      expect(await linesOf(Readable.from(chunks))).toEqual(LINES);
    }
    expect(await linesOf(Readable.from([]))).toEqual([]);
  });

  it('say where they are from and when', async () => {
    const { source, records } = readEventLines(file('events.jsonl', CONTENT), { clock });
    expect(source).toBe('file:events.jsonl');
    for await (const record of records)
      expect(record).toMatchObject({ timestampMs: clock.nowMs(), key: null });
    expect(readEventLines(Readable.from([])).source).toBe('file:stdin');
  });

  it('without end are cut one byte beyond the limit, and the next ones still read', async () => {
    const long = 'x'.repeat(500_000);
    const path = file('long.jsonl', `${long}\n{"a":1}\n${'y'.repeat(10)}\n${long}`);
    const lines = await linesOf(path, 10);
    expect(lines.map(([offset, text]) => [offset, text.length])).toEqual([
      [1n, 11],
      [2n, 7],
      [3n, 10],
      [4n, 11],
    ]);
  });

  it('are read no faster than they are taken', async () => {
    let produced = 0;
    const endless = new Readable({
      read() {
        produced += 1;
        this.push('{"a":1}\n'.repeat(1_000));
      },
    });
    for await (const { offset } of readEventLines(endless).records) if (offset === 5_000n) break;
    expect(produced).toBeLessThan(50);
    expect(endless.destroyed).toBe(true);
  });

  it.each([
    ['gone.jsonl', 'does not exist'],
    ['gone.jsonl.gz', 'does not exist'],
    ['.', 'is a folder'],
  ])('of %s are a mistake with a sentence', async (name, says) => {
    const failing = linesOf(join(folder, name));
    await expect(failing).rejects.toThrow(UserError);
    await expect(failing).rejects.toThrow(says);
  });

  it('of a broken gzip are a mistake with a sentence', async () => {
    await expect(linesOf(file('no.gz', CONTENT))).rejects.toThrow('is not gzip, or is cut off');
    const cut = gzipSync(CONTENT.repeat(100)).subarray(0, -12);
    await expect(linesOf(file('cut.gz', cut))).rejects.toThrow('is not gzip, or is cut off');
  });
});
