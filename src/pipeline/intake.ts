import { classLabel } from '../core/class-label.ts';
import type { DeadLetter, DeadLetterReason } from '../core/dead-letter.ts';
import type { FeaturesEvent, LabelEvent, LogEvent, PredictionEvent, SourcePosition } from '../core/events.ts';
import { idHash } from '../core/id-hash.ts';
import { fail, ok, type Result } from '../core/result.ts';
import { deadLetter } from '../decode/dead-letter.ts';
import type { Queryable } from '../store/pool.ts';
import type { AcceptedRow, CheckpointBuffer } from '../window/checkpoint-buffer.ts';
import { MAX_OPENED_WINDOWS } from '../window/checkpoint-limits.ts';
import { isKept } from '../window/kept.ts';
import { type ModelColumns, without } from '../window/model-columns.ts';
import type { NoticeCounts } from '../window/notices.ts';
import { splitPanes } from '../window/panes.ts';
import { acceptingWindows, isCounted, type WindowKey } from '../window/route.ts';
import { segmentsOf, segmentValues, type SegmentRegistry } from '../window/segments.ts';
import type { WindowRef } from '../window/window-ref.ts';
import { admitColumns } from './admit-columns.ts';
import { admitSegments } from './admit-segments.ts';
import type { IdLedger } from './id-ledger.ts';
import { type CatalogModel, MAX_VERSIONS_PER_MODEL, type ModelCatalog, windowName } from './model-catalog.ts';
import { positionHash } from './position-hash.ts';

/** An event after decoding, with its bytes for a dead letter that only later steps can call for. */
export interface DecodedRecord {
  readonly result: Result<LogEvent, DeadLetter>;
  /** What the record was taken for, also when it could not be read. */
  readonly type: string;
  /** Events of one record share the object. */
  readonly position: SourcePosition;
  readonly bytes: Uint8Array;
  /** What decoding noticed. Absent: nothing, or it is counted elsewhere. */
  readonly notices?: NoticeCounts | undefined;
}

export type Admission =
  | { readonly outcome: 'accepted' | 'duplicate' | 'late' | 'ignored' }
  | { readonly outcome: 'dead_letter'; readonly letter: DeadLetter };

/** What is to become of an event, decided before anything is counted or opened. */
type Planned =
  | { readonly kind: 'refused' | 'refused_with_it'; readonly letter: DeadLetter }
  | { readonly kind: 'label'; readonly event: LabelEvent; readonly model: CatalogModel }
  | {
      readonly kind: 'uncounted';
      readonly event: PredictionEvent | FeaturesEvent;
      readonly model: CatalogModel;
      readonly outcome: 'late' | 'ignored';
    }
  | PlannedRow;

interface PlannedRow {
  readonly kind: 'row';
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
 * profiles, parks labels, and keeps what it must refuse as dead letters. Order is kept, one answer a record. There are
 * fewer answers than records when the buffer has no room for what follows; events of one record are
 * taken together.
 */
export async function admit(
  records: readonly DecodedRecord[],
  buffer: CheckpointBuffer,
  context: IntakeContext,
): Promise<Admission[]> {
  const planned: Planned[] = [];
  for (const record of records) planned.push(await plan(record, context.catalog));
  const taken = await takeWindows(records, planned, buffer, context.catalog);
  const windows = await context.catalog.openWindows(taken.flatMap(keysOf));
  const answers: Admission[] = [];
  const rows = taken.filter(isRow);
  const columnsOf = await settleColumns(rows, windows, context);
  await admitSegments(
    context.db,
    context.segments,
    rows
      .values()
      .flatMap(({ event, model, modelVersionId }) => segmentValues(event, model.spec, modelVersionId)),
  );
  for (const [index, each] of taken.entries()) {
    const record = records[index];
    if (record === undefined) break;
    if (buffer.hasNoCells && index > 0 && record.position !== records[index - 1]?.position) break;
    if (each.kind !== 'refused_with_it') {
      buffer.countRead(record.result.ok ? record.result.value.type : record.type);
    }
    if (record.notices !== undefined) buffer.notices.addAll(record.notices);
    if (each.kind === 'row') {
      const surplus = columnsOf.get(each.model.id)?.unknownOf(each.event.features.keys()) ?? [];
      answers.push(await addRow(each, surplus, windows, buffer, context));
    } else answers.push(addOther(each, record, buffer));
  }
  return answers;
}

/** The columns of the models of these rows, once all of the rows' own that there is room for have their place. */
async function settleColumns(
  rows: readonly PlannedRow[],
  windows: ReadonlyMap<string, WindowRef>,
  { catalog, db }: IntakeContext,
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

async function addRow(
  { event, model, modelVersionId, keys }: PlannedRow,
  surplus: readonly string[],
  windows: ReadonlyMap<string, WindowRef>,
  buffer: CheckpointBuffer,
  { segments, ledger, db }: IntakeContext,
): Promise<Admission> {
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
  if (buffer.addRow(row, known) === 'duplicate') return { outcome: 'duplicate' };
  buffer.countSurplus(model.id, surplus);
  return { outcome: 'accepted' };
}

function addOther(
  planned: Exclude<Planned, PlannedRow>,
  record: DecodedRecord,
  buffer: CheckpointBuffer,
): Admission {
  switch (planned.kind) {
    case 'refused': {
      const { letter } = planned;
      buffer.addDeadLetter(record.result.ok ? record.result.value.type : record.type, letter);
      return { outcome: 'dead_letter', letter };
    }
    case 'refused_with_it':
      return { outcome: 'dead_letter', letter: planned.letter };
    case 'label':
      return admitLabel(planned.event, planned.model, buffer);
    case 'uncounted': {
      const { event, model, outcome } = planned;
      buffer.addUncounted(model.id, event.type, event.timestampMs, outcome);
      return { outcome };
    }
  }
}

const isRow = (planned: Planned): planned is PlannedRow => planned.kind === 'row';
const keysOf = (planned: Planned): readonly WindowKey[] => (planned.kind === 'row' ? planned.keys : []);

/**
 * Asks the buffer for the windows of one record after the other, until it has no room.
 *
 * @returns what may be taken in: whole records. One whose windows no checkpoint has room for is refused.
 */
async function takeWindows(
  records: readonly DecodedRecord[],
  planned: readonly Planned[],
  buffer: CheckpointBuffer,
  catalog: ModelCatalog,
): Promise<Planned[]> {
  const existing = await catalog.existingWindows(planned.flatMap(keysOf));
  const taken: Planned[] = [];
  for (let from = 0, to = 0; from < planned.length; from = to) {
    const record = records[from];
    if (record === undefined) break;
    while (to < planned.length && records[to]?.position === record.position) to += 1;
    const events = planned.slice(from, to);
    const names = events.flatMap(keysOf).map(windowName);
    if (buffer.windows.reach(names, (name) => existing.has(name))) taken.push(...events);
    else if (buffer.windows.size > 0) break;
    else taken.push(...refuseAll(records.slice(from, to), new Set(names).size));
  }
  return taken;
}

/** One dead letter stands for all events of the message, which is one record to whoever replays it. */
function refuseAll(events: readonly DecodedRecord[], windows: number): Planned[] {
  const detail = `one message with events of ${windows} windows; a checkpoint opens at most ${MAX_OPENED_WINDOWS}`;
  const [first] = events;
  if (first === undefined) return [];
  const model = first.result.ok ? first.result.value.model : null;
  const letter = deadLetter(first.position, 'too_many_windows', detail, first.bytes, model);
  return events.map((_, row) => ({ kind: row === 0 ? 'refused' : 'refused_with_it', letter }));
}

async function plan(record: DecodedRecord, catalog: ModelCatalog): Promise<Planned> {
  if (!record.result.ok) return { kind: 'refused', letter: record.result.error };
  const logged = record.result.value;
  const model = catalog.model(logged.model);
  const refused = (reason: DeadLetterReason, detail: string): Planned => ({
    kind: 'refused',
    letter: deadLetter(record.position, reason, detail, record.bytes, logged.model),
  });
  if (model === null) return refused('unknown_model', unknownModel(logged.model));
  const fitting = forTask(logged, model);
  if (!fitting.ok) return refused('invalid_field', fitting.error);
  const event = fitting.value;
  if (event.type === 'label') return { kind: 'label', event, model };
  if (!isCounted(model.spec, event)) return { kind: 'uncounted', event, model, outcome: 'ignored' };
  const modelVersionId = await catalog.versionId(model, event.modelVersion);
  if (modelVersionId === null) {
    const detail = `more than ${MAX_VERSIONS_PER_MODEL} versions of '${event.model}'; is model_version a run id?`;
    return refused('invalid_field', detail);
  }
  const keys = acceptingWindows(model.spec, modelVersionId, event.timestampMs, catalog.watermark(model.id));
  if (keys.length === 0) return { kind: 'uncounted', event, model, outcome: 'late' };
  return { kind: 'row', event, model, modelVersionId, keys };
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
