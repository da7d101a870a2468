import type { DeadLetter } from '../../core/events/dead-letter.ts';
import type { LabelEvent } from '../../core/events/events.ts';
import { idHash } from '../../core/ids/id-hash.ts';
import { deadLetter } from '../../decode/dead-letter.ts';
import { privateLetter } from '../../decode/private-letter.ts';
import type { Queryable } from '../../store/connection/pool.ts';
import type { AcceptedRow, CheckpointBuffer } from '../../window/checkpoint/buffer.ts';
import { isEachKept, isKept } from '../../window/kept.ts';
import { type ModelColumns, without } from '../../window/model-columns.ts';
import { splitPanes } from '../../window/panes.ts';
import { type WindowKey, windowsAt } from '../../window/route.ts';
import { segmentsOf, segmentValues, type SegmentRegistry, type SegmentValue } from '../../window/segments.ts';
import type { WindowRef } from '../../window/window-ref.ts';
import { admitColumns } from '../windows/admit-columns.ts';
import { admitSegments } from './admit-segments.ts';
import type { IdLedger } from './id-ledger.ts';
import {
  type CatalogModel,
  MAX_VERSIONS_PER_MODEL,
  type ModelCatalog,
  windowName,
} from '../windows/model-catalog.ts';
import {
  type DecodedRecord,
  endOfRecord,
  type Planned,
  type PlannedRow,
  planRecords,
} from './plan-records.ts';
import { positionHash } from './position-hash.ts';
import { spareLetter } from './spare-letter.ts';

export type Admission =
  | { readonly outcome: 'accepted' | 'duplicate' | 'late' | 'ignored' }
  | { readonly outcome: 'dead_letter'; readonly letter: DeadLetter };

/** What a row is looked up in while it is taken in. */
export interface IntakeContext {
  readonly db: Queryable;
  readonly catalog: ModelCatalog;
  readonly segments: SegmentRegistry;
  readonly ledger: IdLedger;
}

interface Routed {
  readonly record: DecodedRecord;
  readonly planned: Planned;
  /** Null: it is no row, or its version is one too many. */
  readonly modelVersionId: number | null;
  readonly keys: readonly WindowKey[];
  /** Values of forgotten features that it came with; the event is without them. */
  readonly forgotten: number;
}

type RoutedRow = Routed & { readonly planned: PlannedRow; readonly modelVersionId: number };

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
  const { catalog } = context;
  buffer.asOf ??= catalog.asOf;
  const routed: Routed[] = [];
  const all = planRecords(records, buffer.times, catalog);
  for (let i = 0; i < all.length; i++) {
    const [record, planned] = [records[i], all[i]];
    if (record === undefined || planned === undefined) continue;
    // Labels come by the hundred thousand, and wait for nothing here.
    routed.push(planned.kind === 'row' ? await route(record, planned, catalog) : unrouted(record, planned));
  }
  const taken = await takeWindows(records, routed, buffer, catalog);
  const windows = await catalog.openWindows(taken.flatMap(({ keys }) => keys));
  const rows = taken.filter(isRow);
  const columnsOf = await settleColumns(rows, windows, context);
  await admitSegments(context.db, context.segments, rows.values().flatMap(segmentsAsked), buffer.asOf);
  const answers: Admission[] = [];
  const found = { windows, columnsOf };
  for (let i = 0; i < taken.length; i++) {
    const each = taken[i];
    if (each === undefined) continue;
    const follows = each.record.position !== taken[i - 1]?.record.position;
    if (i > 0 && follows && buffer.hasNoCells) break;
    const answer = add(each, found, buffer, context);
    answers.push(answer instanceof Promise ? await answer : answer);
  }
  return answers;
}

/** The columns of the models of these rows, once all of the rows' own that there is room for have their place. */
async function settleColumns(
  rows: readonly RoutedRow[],
  windows: ReadonlyMap<string, WindowRef>,
  { catalog, db }: IntakeContext,
): Promise<ReadonlyMap<number, ModelColumns>> {
  const columnsOf = new Map<number, ModelColumns>();
  for (const [model, ofModel] of Map.groupBy(rows, ({ planned }) => planned.model)) {
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
      ofModel.values().flatMap(({ planned }) => planned.event.features.keys()),
    );
  }
  return columnsOf;
}

const NO_KEYS: readonly WindowKey[] = [];
const ACCEPTED: Admission = { outcome: 'accepted' };

function unrouted(record: DecodedRecord, planned: Planned): Routed {
  return { record, planned, modelVersionId: null, keys: NO_KEYS, forgotten: 0 };
}

async function route(record: DecodedRecord, planned: PlannedRow, catalog: ModelCatalog): Promise<Routed> {
  const { event, model, sizes } = planned;
  const modelVersionId = await catalog.versionId(model, event.modelVersion);
  if (modelVersionId === null) return unrouted(record, planned);
  const keys = windowsAt(model.spec, sizes, event.timestampMs).map((window) => ({
    ...window,
    modelVersionId,
  }));
  const forgotten = catalog.forgottenOf(model.spec.name).flatMap((names) => names.of(event.features.keys()));
  const spared =
    forgotten.length === 0
      ? planned
      : { ...planned, event: { ...event, features: without(event.features, forgotten) } };
  return { record, planned: spared, modelVersionId, keys, forgotten: forgotten.length };
}

/**
 * Asks the buffer for the windows of one record after the other, until it has no room.
 *
 * @returns what may be taken in: whole records
 */
async function takeWindows(
  records: readonly DecodedRecord[],
  routed: readonly Routed[],
  buffer: CheckpointBuffer,
  catalog: ModelCatalog,
): Promise<readonly Routed[]> {
  const existing = await catalog.existingWindows(routed.flatMap(({ keys }) => keys));
  for (let from = 0, to = 0; from < routed.length; from = to) {
    to = endOfRecord(records, from);
    if (to === from + 1 && routed[from]?.keys.length === 0) continue;
    const names = routed.slice(from, to).flatMap(({ keys }) => keys.map(windowName));
    if (!buffer.windows.reach(names, (name) => existing.has(name))) return routed.slice(0, from);
  }
  return routed;
}

/** What the rows that are added together were looked up to have. */
interface Found {
  readonly windows: ReadonlyMap<string, WindowRef>;
  readonly columnsOf: ReadonlyMap<number, ModelColumns>;
}

const isRow = (routed: Routed): routed is RoutedRow =>
  routed.planned.kind === 'row' && routed.modelVersionId !== null;

const segmentsAsked = ({ planned: { event, model }, modelVersionId }: RoutedRow): SegmentValue[] =>
  segmentValues(event, model.spec, modelVersionId);

function add(
  { record, planned, modelVersionId, keys, forgotten }: Routed,
  found: Found,
  buffer: CheckpointBuffer,
  context: IntakeContext,
): Admission | Promise<Admission> {
  const type = record.result.ok ? record.result.value.type : record.type;
  if (planned.kind !== 'too_many_windows' || planned.windows !== null) buffer.countRead(type);
  if (record.notices !== undefined) buffer.notices.addAll(record.notices);
  switch (planned.kind) {
    case 'refused':
    case 'too_many_windows': {
      const letter = letterToKeep(planned.letter, record, context.catalog);
      if (planned.kind === 'refused' || planned.windows !== null) buffer.addDeadLetter(type, letter);
      return { outcome: 'dead_letter', letter };
    }
    case 'label':
      return admitLabel(planned.event, planned.model, buffer);
    case 'uncounted': {
      const { event, model, outcome } = planned;
      buffer.addUncounted(model.id, event.type, event.timestampMs, outcome);
      return { outcome };
    }
    case 'row':
      return modelVersionId === null
        ? refuseVersion(record, planned, buffer, context.catalog)
        : addRow(planned, { modelVersionId, keys, forgotten, ...found }, buffer, context);
  }
}

/**
 * The only way to a stored dead letter, and to an answer about one: without what is private or forgotten, and with the time of its
 * record, which an event without one of its own has when it is read again.
 */
function letterToKeep(
  letter: DeadLetter,
  { recordMs, bytes, isOfFormat }: DecodedRecord,
  catalog: ModelCatalog,
): DeadLetter {
  const kept = privateLetter(letter, isOfFormat === true ? null : bytes, catalog.privacy);
  const forgotten = catalog.forgottenOf(letter.model);
  const spared = forgotten.length === 0 ? kept : spareLetter(kept, forgotten);
  return recordMs === undefined ? spared : { ...spared, recordMs };
}

/** It moves time all the same: how many versions there are depends on other logs, and what is late must not. */
function refuseVersion(
  record: DecodedRecord,
  { event, model }: PlannedRow,
  buffer: CheckpointBuffer,
  catalog: ModelCatalog,
): Admission {
  const detail = `more than ${MAX_VERSIONS_PER_MODEL} versions of '${event.model}'; is model_version a run id?`;
  const refused = deadLetter(record.position, 'invalid_field', detail, record.bytes, event.model);
  const letter = letterToKeep(refused, record, catalog);
  buffer.times.see(model.id, event.timestampMs);
  buffer.addDeadLetter(event.type, letter);
  return { outcome: 'dead_letter', letter };
}

async function addRow(
  { event, model }: PlannedRow,
  found: Found & Pick<AcceptedRow, 'modelVersionId'> & Pick<Routed, 'keys' | 'forgotten'>,
  buffer: CheckpointBuffer,
  { segments, ledger, db }: IntakeContext,
): Promise<Admission> {
  const { modelVersionId, keys, forgotten, windows, columnsOf } = found;
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
  if (buffer.addRow(row, known) === 'duplicate') return { outcome: 'duplicate' };
  buffer.countSurplus(model.id, surplus);
  buffer.notices.add('forgotten_columns', forgotten);
  return { outcome: 'accepted' };
}

/** Of a prediction that is not kept, a label has nothing to be joined to, now or later. */
function admitLabel(event: LabelEvent, model: CatalogModel, buffer: CheckpointBuffer): Admission {
  if (isEachKept(model.spec) || isKept(model.spec, idHash(event.predictionId))) {
    buffer.addLabel(model.id, event);
    return ACCEPTED;
  }
  buffer.ignoreLabel();
  return { outcome: 'ignored' };
}
