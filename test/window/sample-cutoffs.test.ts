import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { HOUR_MS } from '../../src/core/clock.ts';
import type { PredictionEvent } from '../../src/core/events/events.ts';
import { idHash, toBigint } from '../../src/core/ids/id-hash.ts';
import { encodeRowSample } from '../../src/stats/profile/rows/row-sample-codec.ts';
import { RowSample } from '../../src/stats/profile/rows/row-sample.ts';
import { buildReference } from '../../src/stats/table/table-reference.ts';
import { CheckpointBuffer } from '../../src/window/checkpoint/buffer.ts';
import { SampleCutoffs } from '../../src/window/checkpoint/sample-cutoffs.ts';
import type { WindowRef } from '../../src/window/window-ref.ts';
import { modelSpec } from '../harness/model-spec.ts';
import { numericColumn, tableOf } from '../stats/profile/rows.ts';

const reference = buildReference(tableOf([numericColumn('x', [0, 1, 2, 3, 4, 5])]), {
  task: 'classification',
  positiveClass: null,
});
const WINDOW: WindowRef = {
  id: 7,
  modelVersionId: 1,
  sizeMs: HOUR_MS,
  startMs: 0,
  endMs: HOUR_MS,
  paneMs: null,
  baselineId: 1,
  reference,
};
const bytesOf = (sample: RowSample): string => Buffer.from(encodeRowSample(sample)).toString('hex');

/** Rows of one checkpoint: of a partition, read by a process, which may die before it has stored them. */
const checkpoint = fc.record({
  partition: fc.nat(2),
  process: fc.nat(1),
  rows: fc.integer({ min: 1, max: 12 }),
  dies: fc.boolean(),
});

describe('cutoffs of what is stored', () => {
  it('leave the same sample, whatever the order, the checkpoints, the processes and what is read again', () => {
    fc.assert(
      fc.property(
        fc.array(fc.bigInt({ min: -200n, max: 200n }), { maxLength: 60 }),
        fc.array(checkpoint, { minLength: 1, maxLength: 30 }),
        fc.integer({ min: 1, max: 9 }),
        fc.integer({ min: 1, max: 2 }),
        (hashes, checkpoints, capacity, remembered) => {
          const ids = [...new Set(hashes)];
          const whole = new RowSample(reference, { capacity });
          for (const id of ids) put(whole, id);
          const logs = [0, 1, 2].map((partition) => ids.filter((_, i) => i % 3 === partition));
          const stored: RowSample[] = [];
          const known = [new SampleCutoffs(remembered), new SampleCutoffs(remembered)];
          const plan = [...checkpoints, ...[0, 1, 2].map((partition) => ({ ...REST, partition }))];
          for (const { partition, process, rows, dies } of plan) {
            const cutoffs = known[process] ?? new SampleCutoffs();
            const part = new RowSample(reference, { capacity, cutoff: cutoffs.of(WINDOW.id) });
            const log = logs[partition] ?? [];
            for (const id of log.slice(0, rows)) put(part, id);
            if (dies) continue;
            log.splice(0, rows);
            if (part.held > 0) stored.push(part);
            cutoffs.note(WINDOW.id, part);
            // Another window that pushes this one out of what is remembered.
            if (rows % 5 === 0) cutoffs.note(rows, part);
          }
          const sum = new RowSample(reference, { capacity });
          for (const part of stored.toReversed()) sum.merge(part);
          expect(bytesOf(sum)).toBe(bytesOf(whole));
        },
      ),
      { numRuns: 500, seed: 20_260_301 },
    );
  });

  it('are known to a buffer that fills while the one before is stored, and to every later one', () => {
    const rows = 9_000;
    const cutoffs = new SampleCutoffs();
    const buffers: CheckpointBuffer[] = [];
    let before: CheckpointBuffer | null = null;
    for (let from = 0; from < rows; from += 1_500) {
      const buffer: CheckpointBuffer = new CheckpointBuffer(before, cutoffs);
      for (let row = from; row < from + 1_500; row++) count(buffer, row);
      buffers.push(buffer);
      if (before !== null) for (const { window, sample } of before.samples()) cutoffs.note(window.id, sample);
      before = buffer;
    }
    const whole = new CheckpointBuffer();
    for (let row = 0; row < rows; row++) count(whole, row);

    const parts = buffers.map((buffer) => buffer.sample(WINDOW) ?? new RowSample(reference));
    const sum = new RowSample(reference);
    for (const part of parts) sum.merge(part);
    const expected = whole.sample(WINDOW);
    expect(expected?.rows).toHaveLength(2_000);
    expect(bytesOf(sum)).toBe(bytesOf(expected ?? new RowSample(reference)));
    // The first 2,000 of 9,000, and of what follows the share that is still among the smallest.
    const written = parts.map((part) => part.rows.length);
    expect(written.slice(0, 2)).toEqual([1_500, 1_500]);
    for (const later of written.slice(3)) expect(later).toBeLessThan(1_200);
    expect(cutoffs.of(WINDOW.id)).not.toBeNull();
  });

  it('let rows through that are smaller in either half, as bigints are', () => {
    const halves = fc.tuple(fc.integer(), fc.integer());
    fc.assert(
      fc.property(halves, halves, ([high, low], [cutHigh, cutLow]) => {
        for (const each of [high, cutHigh]) {
          const hash = toBigint(each, low);
          const sample = new RowSample(reference, { cutoff: toBigint(cutHigh, cutLow) });
          expect(sample.wantsHalves(each, low)).toBe(sample.wants(hash));
        }
      }),
    );
    expect(new RowSample(reference).wantsHalves(2 ** 31 - 1, -1)).toBe(true);
  });
});

const REST = { process: 0, rows: 60, dies: false };

function put(sample: RowSample, id: bigint): void {
  sample.addPrediction(id, new Map([['x', Number(id)]]), {
    prediction: 'yes',
    score: null,
    segments: [],
    atMs: null,
    probabilities: null,
  });
}

function count(buffer: CheckpointBuffer, row: number): void {
  const predictionId = `p${row}`;
  const event: PredictionEvent = {
    type: 'prediction',
    position: { source: 'kafka:ml.predictions', partition: 0, offset: BigInt(row) },
    model: 'credit-risk',
    modelVersion: '1',
    timestampMs: 1,
    predictionId,
    features: new Map([['x', row % 6]]),
    tags: new Map(),
    prediction: 'approve',
    score: 0.5,
    probabilities: null,
    latencyMs: null,
    cost: null,
    energyJ: null,
    holdout: false,
    error: null,
  };
  const owner = { model: modelSpec({ storePredictions: false }), modelId: 1, modelVersionId: 1 };
  const known = { has: () => false };
  buffer.addRow(
    { event, idHash: idHash(predictionId), ...owner, windows: [WINDOW], fed: [], segments: [] },
    known,
  );
}
