import type { LogEventType } from './events.ts';

/** What a field's cell is for: a class, a text that comes again, or a scalar as it stands. */
export type RowFieldUse = 'class' | 'text' | 'plain';

export interface RowField {
  /** The keys that lead to it. */
  readonly path: readonly [string, ...string[]];
  readonly use: RowFieldUse;
  /** Events that have it; absent: predictions alone. */
  readonly of?: readonly LogEventType[];
}

const PREDICTIONS: readonly LogEventType[] = ['prediction'];
const ROWS: readonly LogEventType[] = ['prediction', 'features'];
const ALL: readonly LogEventType[] = ['prediction', 'features', 'label'];
const LABELS: readonly LogEventType[] = ['label'];

/**
 * The fields of an event beside its names and their values, written once: every reader of rows goes by them. From
 * `requestId` to `hardware` they have their cells, and nothing is counted of them yet.
 */
export const ROW_FIELDS = {
  predictionId: { path: ['prediction_id'], use: 'plain', of: ALL },
  timestamp: { path: ['timestamp'], use: 'plain', of: ALL },
  prediction: { path: ['prediction'], use: 'class' },
  score: { path: ['score'], use: 'plain' },
  holdout: { path: ['holdout'], use: 'plain' },
  error: { path: ['error'], use: 'text' },
  latencyMs: { path: ['latency_ms'], use: 'plain' },
  cost: { path: ['cost'], use: 'plain' },
  energyJ: { path: ['energy_j'], use: 'plain' },
  requestId: { path: ['request_id'], use: 'plain', of: ROWS },
  featuresMs: { path: ['features_ms'], use: 'plain' },
  inferenceMs: { path: ['inference_ms'], use: 'plain' },
  networkMs: { path: ['network_ms'], use: 'plain' },
  batchId: { path: ['batch', 'id'], use: 'plain' },
  batchSize: { path: ['batch', 'size'], use: 'plain' },
  batchDurationMs: { path: ['batch', 'duration_ms'], use: 'plain' },
  mode: { path: ['mode'], use: 'text' },
  hardware: { path: ['hardware'], use: 'text' },
  label: { path: ['label'], use: 'class', of: LABELS },
  source: { path: ['source'], use: 'text', of: LABELS },
  final: { path: ['final'], use: 'plain', of: LABELS },
} as const satisfies Readonly<Record<string, RowField>>;

export type RowFieldName = keyof typeof ROW_FIELDS;

/** The fields that events of a type have. */
export function rowFields(type: LogEventType): (readonly [RowFieldName, RowField])[] {
  const all = Object.entries(ROW_FIELDS) as [RowFieldName, RowField][];
  return all.filter(([, { of = PREDICTIONS }]) => of.includes(type));
}
