/** Rows of a small model, and what they come to when all are counted at once. */
import { expect } from 'vitest';
import { silentLog } from '../../../src/core/log.ts';
import type { ModelSpec } from '../../../src/core/model.ts';
import { DEFAULT_DECODE_LIMITS } from '../../../src/decode/limits.ts';
import { createAcceptEvents } from '../../../src/pipeline/intake/accept-events.ts';
import { sweepLabels } from '../../../src/pipeline/labels/label-joiner.ts';
import { ModelCatalog } from '../../../src/pipeline/windows/model-catalog.ts';
import { sweepWindows } from '../../../src/pipeline/windows/sweeper.ts';
import type { Pool } from '../../../src/store/connection/pool.ts';
import { SegmentRegistry } from '../../../src/window/segments.ts';
import type { FeatureValue } from '../../../src/core/events/events.ts';
import { buildReference } from '../../../src/stats/table/table-reference.ts';
import { newInputs, newLabels, packInputs } from '../../../src/window/part-profiles.ts';
import { levelColumn, numericColumn, tableOf } from '../../stats/profile/rows.ts';

const classes = ['approve', 'deny', 'approve', 'deny'];
export const training = tableOf(
  [numericColumn('size', [1, 1.5, 2, 3.5]), levelColumn('country', ['DE', 'FR', 'DE', 'DE'])],
  { prediction: levelColumn('prediction', classes), label: levelColumn('label', classes) },
);

export interface Row {
  readonly id: string;
  readonly atMs: number;
  readonly features: Readonly<Record<string, FeatureValue>>;
  readonly prediction: string;
  readonly label: string | null;
}

let sent = 0;
export function rowsAt(atMs: number, rows: number): Row[] {
  return Array.from({ length: rows }, (_, n) => ({
    id: `p${(sent += 1)}`,
    atMs: atMs + n * 60_000,
    features: { size: ((sent * 7_919) % 400) / 100, country: ['DE', 'FR', 'IT'][sent % 3]! },
    prediction: sent % 2 === 0 ? 'approve' : 'deny',
    label: sent % 4 === 0 ? null : sent % 5 === 0 ? 'approve' : 'deny',
  }));
}

const reference = buildReference(training, { task: 'classification', positiveClass: 'approve' });

/** What all rows come to, counted at once. */
export function countedAtOnce(rows: readonly Row[], segment: string) {
  const own = rows.filter(
    ({ features }) => segment === '' || segment === `country=${String(features['country'])}`,
  );
  const inputs = newInputs(segment, reference, 'classification');
  const labels = newLabels(segment, reference, 'classification');
  for (const { features, prediction, label } of own) {
    inputs.add({ features: new Map(Object.entries(features)), prediction, score: null }, 1);
    if (label !== null) labels.add(label, prediction, null, 1);
  }
  return {
    rows: own.length,
    labelled: labels.labelled,
    input: Buffer.from(packInputs(inputs)).toString('hex'),
    label: Buffer.from(labels.encode()).toString('hex'),
  };
}

/** As they are logged: taken in, joined to their labels, and their windows closed. */
export async function sendRows(pool: Pool, spec: ModelSpec, rows: readonly Row[]): Promise<void> {
  const catalog = await ModelCatalog.open(pool, [spec]);
  const accept = createAcceptEvents({
    pool,
    catalog,
    segments: new SegmentRegistry(),
    limits: DEFAULT_DECODE_LIMITS,
    reevaluateAfterMs: 0,
  });
  const common = (row: Row) => ({ model: spec.name, prediction_id: row.id, timestamp: row.atMs });
  const lines = [
    ...rows.map((row) => ({
      type: 'prediction',
      model_version: '1',
      ...common(row),
      features: row.features,
      prediction: row.prediction,
    })),
    ...rows.flatMap((row) =>
      row.label === null ? [] : [{ type: 'label', ...common(row), label: row.label }],
    ),
  ];
  const body = Buffer.from(lines.map((line) => JSON.stringify(line)).join('\n'));
  const answer = await accept({ body, idempotencyKey: null, receivedAtMs: Date.now() });
  expect(answer).toMatchObject({ ok: true, value: { accepted: lines.length, dead_letters: [] } });
  await sweepLabels({ pool, catalog, reevaluateAfterMs: 0, log: silentLog });
  await sweepWindows({ pool, catalog, logSources: [], idleAfterMs: 0 });
  await sweepWindows({ pool, catalog, logSources: [], idleAfterMs: 0 });
}
