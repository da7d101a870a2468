import { classLabel } from '../core/class-label.ts';
import type { DeadLetter, DeadLetterReason } from '../core/dead-letter.ts';
import type { FeaturesEvent, LabelEvent, LogEvent, PredictionEvent, SourcePosition } from '../core/events.ts';
import { idHash } from '../core/id-hash.ts';
import { fail, ok, type Result } from '../core/result.ts';
import { deadLetter } from '../decode/dead-letter.ts';
import type { Queryable } from '../store/pool.ts';
import type { AcceptedRow, CheckpointBuffer } from '../window/checkpoint-buffer.ts';
import { isKept } from '../window/kept.ts';
import { type ModelColumns, without } from '../window/model-columns.ts';
import { splitPanes } from '../window/panes.ts';
import { acceptingWindows, isCounted, type WindowKey } from '../window/route.ts';
import { admitColumns } from './admit-columns.ts';
import type { IdLedger } from './id-ledger.ts';
import { type CatalogModel, MAX_VERSIONS_PER_MODEL, type ModelCatalog, windowName } from './model-catalog.ts';
import { positionHash } from './position-hash.ts';
import { segmentsOf, type SegmentRegistry } from '../window/segments.ts';
import type { WindowRef } from '../window/window-ref.ts';

/** A record after decoding, with its bytes for a dead letter that only later steps can call for. */
export interface DecodedRecord {
  readonly result: Result<LogEvent, DeadLetter>;
  /** What the record was taken for, also when it could not be read. */
  readonly type: string;
  readonly position: SourcePosition;
  readonly bytes: Uint8Array;
}

export type Admission =
  | { readonly outcome: 'accepted' | 'duplicate' | 'late' | 'ignored' }
  | { readonly outcome: 'dead_letter'; readonly letter: DeadLetter };

interface Routed {
  readonly index: number;
  readonly event: PredictionEvent | FeaturesEvent;
  readonly model: CatalogModel;
  readonly modelVersionId: number;
  readonly keys: readonly WindowKey[];
}

/** What a row is looked up in while it is taken in. */
export interface IntakeContext {
  readonly db: Queryable;
  readonly catalog: ModelCatalog;
  readonly segments: SegmentRegistry;
  readonly ledger: IdLedger;
}

/**
 * Takes decoded records into a checkpoint buffer: finds their model, version and windows, counts rows into
 * profiles, parks labels, and keeps what it must refuse as dead letters. Order is kept, one answer a record.
 */
export async function admit(
  records: readonly DecodedRecord[],
  buffer: CheckpointBuffer,
  { catalog, segments, ledger, db }: IntakeContext,
): Promise<Admission[]> {
  const answers: Admission[] = [];
  const routed: Routed[] = [];
  for (const [index, record] of records.entries()) {
    buffer.countRead(record.result.ok ? record.result.value.type : record.type);
    const found = await route(record, catalog, buffer);
    if ('outcome' in found) answers[index] = found;
    else routed.push({ ...found, index });
  }
  const windows = await catalog.openWindows(routed.flatMap((each) => each.keys));
  const columnsOf = await settleColumns(routed, windows, catalog, db);
  for (const { index, event, model, modelVersionId, keys } of routed) {
    const surplus = columnsOf.get(model.id)?.unknownOf(event.features.keys()) ?? [];
    const { counted, fed } = splitPanes(keys.flatMap((key) => windows.get(windowName(key)) ?? []));
    const kind = event.type === 'prediction' ? 0 : 1;
    const known = ledger.known(model.id, kind) ?? (await ledger.load(db, { modelId: model.id, kind }));
    const row: AcceptedRow = {
      event: surplus.length === 0 ? event : { ...event, features: without(event.features, surplus) },
      idHash: event.predictionId === null ? positionHash(event.position) : idHash(event.predictionId),
      model: model.spec,
      modelId: model.id,
      modelVersionId,
      windows: counted,
      fed,
      segments: segmentsOf(event, model.spec, modelVersionId, segments),
    };
    const outcome = buffer.addRow(row, known);
    if (outcome === 'windowed') buffer.countSurplus(model.id, surplus);
    answers[index] = { outcome: outcome === 'windowed' ? 'accepted' : 'duplicate' };
  }
  return answers;
}

/** The columns of the models of these rows, once all of the rows' own that there is room for have their place. */
async function settleColumns(
  rows: readonly Routed[],
  windows: ReadonlyMap<string, WindowRef>,
  catalog: ModelCatalog,
  db: Queryable,
): Promise<ReadonlyMap<number, ModelColumns>> {
  const columnsOf = new Map<number, ModelColumns>();
  for (const [model, ofModel] of Map.groupBy(rows, (row) => row.model)) {
    const columns = await catalog.columns(model);
    columnsOf.set(model.id, columns);
    for (const key of ofModel.flatMap(({ keys }) => keys)) {
      const reference = windows.get(windowName(key))?.reference ?? null;
      if (reference !== null) columns.learn(reference);
    }
    await admitColumns(
      db,
      model.id,
      columns,
      ofModel.values().flatMap(({ event }) => event.features.keys()),
    );
  }
  return columnsOf;
}

async function route(
  record: DecodedRecord,
  catalog: ModelCatalog,
  buffer: CheckpointBuffer,
): Promise<Admission | Omit<Routed, 'index'>> {
  if (!record.result.ok) return refuse(record, record.result.error, buffer);
  const logged = record.result.value;
  const model = catalog.model(logged.model);
  const refused = (reason: DeadLetterReason, detail: string): Admission =>
    refuse(record, deadLetter(record.position, reason, detail, record.bytes, logged.model), buffer);
  if (model === null) return refused('unknown_model', unknownModel(logged.model));
  const fitting = forTask(logged, model);
  if (!fitting.ok) return refused('invalid_field', fitting.error);
  const event = fitting.value;
  if (event.type === 'label') {
    return admitLabel(event, model, buffer);
  }
  if (!isCounted(model.spec, event)) {
    buffer.addUncounted(model.id, event.type, event.timestampMs, 'ignored');
    return { outcome: 'ignored' };
  }
  const modelVersionId = await catalog.versionId(model, event.modelVersion);
  if (modelVersionId === null) {
    const detail = `more than ${MAX_VERSIONS_PER_MODEL} versions of '${event.model}'; is model_version a run id?`;
    return refused('invalid_field', detail);
  }
  const keys = acceptingWindows(model.spec, modelVersionId, event.timestampMs, catalog.watermark(model.id));
  if (keys.length === 0) {
    buffer.addUncounted(model.id, event.type, event.timestampMs, 'late');
    return { outcome: 'late' };
  }
  return { event, model, modelVersionId, keys };
}

const unknownModel = (name: string): string => `model '${name}' is not configured; add it under models:`;

/** Why an event would be refused for what its model is, before anything is counted; null when it would not. */
export function refusalOf(
  event: LogEvent,
  model: CatalogModel | null,
): { readonly reason: DeadLetterReason; readonly detail: string } | null {
  if (model === null) return { reason: 'unknown_model', detail: unknownModel(event.model) };
  const fitting = forTask(event, model);
  return fitting.ok ? null : { reason: 'invalid_field', detail: fitting.error };
}

/** Of a prediction that is not kept, a label has nothing to be joined to, now or later. */
function admitLabel(event: LabelEvent, model: CatalogModel, buffer: CheckpointBuffer): Admission {
  const label = { event, idHash: idHash(event.predictionId), modelId: model.id };
  if (isKept(model.spec, label.idHash)) {
    buffer.addLabel(label);
    return { outcome: 'accepted' };
  }
  buffer.ignoreLabel();
  return { outcome: 'ignored' };
}

/**
 * The event as its model's task reads it: a class has one spelling, a regression's outcome is a number. Only
 * here is the task known; `decode` keeps numbers as numbers.
 */
function forTask<E extends LogEvent>(event: E, model: CatalogModel): Result<E, string> {
  if (event.type === 'features') return ok(event);
  const field = event.type;
  const given = event.type === 'label' ? event.label : event.prediction;
  if (given === null) return ok(event);
  if (model.spec.task === 'classification') return ok({ ...event, [field]: classLabel(given) });
  const number = typeof given === 'number' ? given : Number(given.trim() === '' ? Number.NaN : given);
  if (!Number.isNaN(number)) return ok({ ...event, [field]: number });
  return fail(`${field} '${given}' is not a number, and ${model.spec.name} is a regression model`);
}

function refuse(record: DecodedRecord, refused: DeadLetter, buffer: CheckpointBuffer): Admission {
  buffer.addDeadLetter(record.result.ok ? record.result.value.type : record.type, refused);
  return { outcome: 'dead_letter', letter: refused };
}
