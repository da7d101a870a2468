import { classLabel } from '../core/class-label.ts';
import { INVALID_VALUE, type LogEvent, type SourcePosition } from '../core/events.ts';
import { type FlatColumn, type FlatLayout, type FlatRow, STRAY_TEXT } from '../core/flat-row.ts';
import { CELL_TEXT } from '../core/flat-row.ts';
import { hashIdBytes, idHash } from '../core/id-hash.ts';
import { cellValue } from '../decode/fast/flat-event.ts';
import { FlatReader } from '../decode/fast/flat-reader.ts';
import type { DecodeLimits } from '../decode/limits.ts';
import { FlatCounting } from '../stats/profile/flat-counting.ts';
import { InputProfile } from '../stats/profile/input-profile.ts';
import { type CheckpointBuffer, type Counter, type HeldIds, WHOLE } from '../window/checkpoint-buffer.ts';
import { isKeptByLow } from '../window/kept.ts';
import { splitPanes, windowPlan } from '../window/panes.ts';
import { acceptingWindows, isCounted } from '../window/route.ts';
import { segmentText } from '../window/segments.ts';
import type { SeenIds } from '../window/seen-ids.ts';
import type { WindowRef } from '../window/window-ref.ts';
import { type IntakeContext, positionId } from './intake.ts';
import { type CatalogModel, windowName } from './model-catalog.ts';

/** What became of a row. A promise: something had to be looked up; read the message once more when it is kept. */
export type FlatOutcome = 'taken' | 'ordinary' | Promise<unknown>;

/** A stretch of time whose rows all belong to the same windows. */
interface Stretch {
  /** The watermark that this was decided at. */
  readonly watermarkMs: number | null;
  readonly counted: readonly { readonly window: WindowRef; readonly counting: FlatCounting }[];
  readonly fed: readonly WindowRef[];
  bound: BoundStretch | null;
}

interface BoundStretch {
  readonly buffer: CheckpointBuffer;
  readonly rows: readonly Counter[];
  readonly whole: readonly InputProfile[];
  readonly segments: Map<string, readonly InputProfile[]>;
}

/** What a layout's rows are counted for. */
interface Target {
  readonly layout: FlatLayout;
  readonly model: CatalogModel;
  readonly modelVersionId: number;
  /** Length of the stretches. */
  readonly stepMs: number;
  readonly known: SeenIds;
  readonly stretches: Map<number, Stretch>;
  readonly countings: Map<number, FlatCounting>;
  readonly segments: readonly SegmentColumn[];
  bound: BoundTarget | null;
}

interface BoundTarget {
  readonly buffer: CheckpointBuffer;
  readonly read: Counter;
  readonly windowed: Counter;
  readonly duplicate: Counter;
  readonly late: Counter;
  readonly ids: HeldIds;
}

/** A feature or tag that segments are made of, and the names of its texts by code. */
interface SegmentColumn {
  readonly feature: string;
  readonly columns: readonly FlatColumn[];
  readonly names: (string | undefined)[];
}

const NO_SEGMENTS: readonly string[] = [];
/** Out-of-order logs touch a few at once. */
const MAX_STRETCHES = 64;

/**
 * Counts rows of the shapes seen last straight from their bytes, with the outcome that `admit` would have had. What it
 * does not know (another shape, an unknown model, a version without a baseline) it leaves to the ordinary way.
 */
export class FlatIntake {
  readonly #context: IntakeContext;
  readonly #reader: FlatReader;
  /** Null: the ordinary way's. */
  readonly #targets = new WeakMap<FlatLayout, Target | null>();
  readonly #hash = new Int32Array(2);

  constructor(context: IntakeContext, limits: DecodeLimits) {
    this.#context = context;
    this.#reader = new FlatReader(limits);
  }

  /** Valid until the next call; null when its shape is not known. */
  read(bytes: Uint8Array | null, recordTimestampMs: number): FlatRow | null {
    return this.#reader.read(bytes, recordTimestampMs);
  }

  /** What the ordinary decoder made of a message, given that it tolerated nothing. */
  learn(bytes: Uint8Array, event: LogEvent): void {
    this.#reader.learn(bytes, event);
  }

  /** Counts the row read last. */
  count(row: FlatRow, buffer: CheckpointBuffer, position: () => SourcePosition): FlatOutcome {
    const target = this.#targets.get(row.layout);
    if (target === undefined) return this.#findTarget(row.layout);
    if (target === null) return 'ordinary';
    const { model, known } = target;
    const place = Math.floor(row.timestampMs / target.stepMs);
    const stretch = target.stretches.get(place);
    if (stretch === undefined || stretch.watermarkMs !== this.#context.catalog.watermark(model.id)) {
      return this.#findStretch(target, place, row.timestampMs);
    }
    if (!locate(row, stretch)) return 'ordinary';
    const bound = target.bound?.buffer === buffer ? target.bound : bindTarget(target, buffer);
    buffer.events += 1;
    bound.read.count += 1;
    buffer.seen(model.id, row.timestampMs);
    if (stretch.counted.length === 0) {
      bound.late.count += 1;
      return 'taken';
    }
    const hash = this.#hash;
    if (row.predictionId === null) {
      if (model.spec.storePredictions) this.#hashOfPosition(position());
    } else {
      hashIdBytes(row.predictionId, 0, row.predictionId.length, hash);
      const high = hash[1] ?? 0;
      const low = hash[0] ?? 0;
      if (known.has(high, low) || !bound.ids.set.add(high, low)) {
        bound.duplicate.count += 1;
        return 'taken';
      }
      bound.ids.list.push(high, low);
    }
    bound.windowed.count += 1;
    const segments = target.segments.length === 0 ? NO_SEGMENTS : this.#segmentsOf(row, target);
    addToProfiles(target, stretch, segments, buffer);
    if (model.spec.storePredictions) this.#store(row, target, segments, buffer, position);
    return 'taken';
  }

  #hashOfPosition(position: SourcePosition): void {
    const hash = idHash(positionId(position));
    this.#hash[0] = Number(BigInt.asIntN(32, hash));
    this.#hash[1] = Number(BigInt.asIntN(32, hash >> 32n));
  }

  #store(
    row: FlatRow,
    { model, modelVersionId }: Target,
    segments: readonly string[],
    buffer: CheckpointBuffer,
    position: () => SourcePosition,
  ): void {
    const low = this.#hash[0] ?? 0;
    const high = this.#hash[1] ?? 0;
    if (!isKeptByLow(model.spec, low)) return;
    const event = this.#reader.event(row, position());
    const outcome =
      event.type === 'prediction' && event.prediction !== null && model.spec.task === 'classification'
        ? { ...event, prediction: classLabel(event.prediction) }
        : event;
    buffer.stored.add(outcome, { modelId: model.id, modelVersionId, segments }, high, low);
  }

  async #findTarget(layout: FlatLayout): Promise<void> {
    const { catalog, ledger, db } = this.#context;
    const model = catalog.model(layout.model);
    const counted = model !== null && isCounted(model.spec, layout);
    const modelVersionId = counted ? await catalog.versionId(model, layout.modelVersion) : null;
    if (model === null || modelVersionId === null) {
      this.#targets.set(layout, null);
      return;
    }
    const known = await ledger.load(db, { modelId: model.id, kind: layout.type === 'prediction' ? 0 : 1 });
    this.#targets.set(layout, {
      layout,
      model,
      modelVersionId,
      stepMs: windowPlan(model.spec).reduce((step, { sizeMs }) => commonDivisor(step, sizeMs), 0),
      known,
      stretches: new Map(),
      countings: new Map(),
      segments: model.spec.segments.map((feature) => segmentColumn(feature, layout)),
      bound: null,
    });
  }

  async #findStretch(target: Target, place: number, timestampMs: number): Promise<void> {
    const { catalog } = this.#context;
    const { model, modelVersionId, stretches } = target;
    const watermarkMs = catalog.watermark(model.id);
    const keys = acceptingWindows(model.spec, modelVersionId, timestampMs, watermarkMs);
    const windows = await catalog.openWindows(keys);
    const { counted, fed } = splitPanes(keys.flatMap((key) => windows.get(windowName(key)) ?? []));
    const countings = counted.map((window) => ({ window, counting: countingOf(target, window) }));
    const known = countings.filter(hasCounting);
    // Without a baseline features are found as they come, which only the ordinary way does.
    if (known.length < counted.length) {
      this.#targets.set(target.layout, null);
      return;
    }
    if (stretches.size >= MAX_STRETCHES) stretches.delete(stretches.keys().next().value ?? 0);
    stretches.set(place, { watermarkMs, counted: known, fed, bound: null });
  }

  #segmentsOf(row: FlatRow, target: Target): readonly string[] {
    const names: string[] = [];
    for (const column of target.segments) {
      const name = this.#segmentOf(row, column, target.modelVersionId);
      if (name !== '') names.push(name);
    }
    return names;
  }

  #segmentOf(row: FlatRow, { feature, columns, names }: SegmentColumn, modelVersionId: number): string {
    const column = columns.find((each) => each.cell < 0 || cellValue(row, each) !== null);
    if (column === undefined || column.cell < 0) return '';
    const code = row.kinds[column.cell] === CELL_TEXT ? (row.codes[column.cell] ?? STRAY_TEXT) : STRAY_TEXT;
    // Codes are a column's own.
    const cached = column === columns[0] && code !== STRAY_TEXT;
    const known = cached ? names[code] : undefined;
    if (known !== undefined) return known;
    const value = cellValue(row, column);
    const text = value === null || value === INVALID_VALUE ? '' : segmentText(value);
    const name = text === '' ? '' : this.#context.segments.name(modelVersionId, feature, text);
    if (cached) names[code] = name;
    return name;
  }
}

/** False: only the ordinary way can say what becomes of the row. */
function locate(row: FlatRow, { counted }: Stretch): boolean {
  let previous: FlatCounting | null = null;
  for (let i = 0; i < counted.length; i++) {
    const counting = counted[i]?.counting;
    // Windows of one baseline share it.
    if (counting === undefined || counting === previous) continue;
    if (!counting.locate(row)) return false;
    previous = counting;
  }
  return true;
}

function addToProfiles(
  target: Target,
  stretch: Stretch,
  segments: readonly string[],
  buffer: CheckpointBuffer,
): void {
  const bound = stretch.bound?.buffer === buffer ? stretch.bound : bindStretch(target, stretch, buffer);
  const isPrediction = target.layout.type === 'prediction';
  if (isPrediction) for (const counter of bound.rows) counter.count += 1;
  const onlyPrediction = isPrediction && target.model.spec.featuresFrom === 'features';
  for (let i = 0; i < stretch.counted.length; i++) {
    const counting = stretch.counted[i]?.counting;
    const whole = bound.whole[i];
    if (counting === undefined || whole === undefined) continue;
    addRow(counting, whole, isPrediction, onlyPrediction);
    for (let s = 0; s < segments.length; s++) {
      const profiles = segmentProfiles(target, stretch, bound, segments[s] ?? '');
      const profile = profiles[i];
      if (profile !== undefined) addRow(counting, profile, isPrediction, onlyPrediction);
    }
  }
}

function addRow(
  counting: FlatCounting,
  profile: InputProfile,
  isPrediction: boolean,
  onlyPrediction: boolean,
): void {
  if (onlyPrediction) counting.addPrediction(profile, 1);
  else if (isPrediction) counting.add(profile, 1);
  else counting.addFeatures(profile, 1);
}

function segmentProfiles(
  { model }: Target,
  { counted }: Stretch,
  bound: BoundStretch,
  segment: string,
): readonly InputProfile[] {
  let profiles = bound.segments.get(segment);
  if (profiles === undefined) {
    profiles = counted.map(({ window }) => bound.buffer.profile(window, segment, model.spec.task));
    bound.segments.set(segment, profiles);
  }
  return profiles;
}

function bindTarget(target: Target, buffer: CheckpointBuffer): BoundTarget {
  const { type } = target.layout;
  target.bound = {
    buffer,
    read: buffer.readCounter(type),
    windowed: buffer.counter(type, 'windowed'),
    duplicate: buffer.counter(type, 'duplicate'),
    late: buffer.counter(type, 'late'),
    ids: buffer.ids(target.model.id, type),
  };
  return target.bound;
}

function bindStretch({ model }: Target, stretch: Stretch, buffer: CheckpointBuffer): BoundStretch {
  const windows = [...stretch.counted.map(({ window }) => window), ...stretch.fed];
  stretch.bound = {
    buffer,
    rows: windows.map((window) => buffer.rowCounter(window)),
    whole: stretch.counted.map(({ window }) => buffer.profile(window, WHOLE, model.spec.task)),
    segments: new Map(),
  };
  return stretch.bound;
}

/** Null for a window without a baseline. */
function countingOf({ layout, model, countings }: Target, window: WindowRef): FlatCounting | null {
  if (window.reference === null || window.baselineId === null) return null;
  let counting = countings.get(window.baselineId);
  if (counting === undefined) {
    counting = new FlatCounting(layout, new InputProfile(window.reference, model.spec.task));
    countings.set(window.baselineId, counting);
  }
  return counting;
}

function hasCounting<T extends { readonly counting: FlatCounting | null }>(
  each: T,
): each is T & { readonly counting: FlatCounting } {
  return each.counting !== null;
}

/** Where a segment's feature may stand: in the features, and, where that is null, in the tags. */
function segmentColumn(feature: string, { features, tags }: FlatLayout): SegmentColumn {
  return { feature, columns: [...features, ...tags].filter(({ name }) => name === feature), names: [] };
}

function commonDivisor(a: number, b: number): number {
  return b === 0 ? a : commonDivisor(b, a % b);
}
