import type { LogEvent, SourcePosition } from '../../core/events/events.ts';
import type { FlatLayout, FlatRow } from '../../core/events/flat-row.ts';
import type { MessageList } from '../../core/events/log-source.ts';
import { remember } from '../../core/memory/remember.ts';
import { FlatReader } from '../../decode/fast/flat-reader.ts';
import { loadedKernel } from '../../kernel/load-kernel.ts';
import type { DecodeLimits } from '../../decode/limits.ts';
import type { InputProfile } from '../../stats/profile/input-profile.ts';
import type { RowSample } from '../../stats/profile/rows/row-sample.ts';
import { type CheckpointBuffer, WHOLE } from '../../window/checkpoint/buffer.ts';
import { isKeptByLow } from '../../window/kept.ts';
import type { ModelColumns } from '../../window/model-columns.ts';
import { groupOf } from '../../window/part-names.ts';
import { splitPanes, stretchMs } from '../../window/panes.ts';
import { acceptingSizes, isCounted, type WindowKey, windowsAt } from '../../window/route.ts';
import type { IntakeContext } from './intake.ts';
import {
  bindStretch,
  bindTarget,
  countingOf,
  hold,
  isRepeated,
  type BoundStretch,
  type FlatTarget,
  type LeftOutColumns,
  type Profiles,
  segmentColumn,
  stretchKey,
  type TimeStretch,
} from './flat-target.ts';
import { takeFlatLabel } from './flat-labels.ts';
import { flatOutcome } from './flat-outcome.ts';
import { segmentsOfRow } from './flat-segments.ts';
import { windowName } from '../windows/model-catalog.ts';
import { PositionHash } from './position-hash.ts';
import { sampleFlatRow } from './sample-flat-row.ts';

const LATE: TimeStretch = { names: [], counted: [], ordinary: false, fed: [], bound: null };
const NO_SAMPLES: readonly RowSample[] = [];
const NOTHING_LEFT_OUT: LeftOutColumns = { surplus: [], forgotten: 0 };
/** Several segments of a row have far more combinations than values; those are looked up again. */
export const MAX_JOINED_SEGMENTS = 4_096;
/** Out-of-order logs touch a few at once. */
export const MAX_STRETCHES = 64;

/**
 * Counts rows of the shapes seen last straight from their bytes, with the outcome that `admit` would have had. What it
 * does not know (another shape, an unknown model, a version without a baseline) it leaves to the ordinary way.
 *
 * A row goes through three calls, and nothing else is read in between, because it lives in the reader's memory:
 *
 * 1. `read`: the bytes, held against the shapes seen last → a row, or null;
 * 2. `wayOf`: what is known of its layout and its time. No target yet, or no stretch for windows that are open: `look`,
 *    which asks the store and is the only call that waits; the message is read again then. Unknown windows, a version
 *    without a baseline, a column that may still find a place: `ordinary`, for good or until that is settled. No room for
 *    its windows in the buffer: `full`;
 * 3. `count`: late, repeated, or into profiles, sample and what is stored. Its id is hashed once, by the kernel, and the
 *    hash is what sample and store go by; a row without an id is hashed by its position.
 *
 * Profiles gather rows of a block until `flush`, which comes before anything else may take the kernel's memory: before
 * another block is read, a shape learned, or something waited for.
 */
export class FlatIntake {
  readonly #context: IntakeContext;
  /** Null: there is no kernel, and every message is decoded. */
  readonly #reader: FlatReader | null;
  readonly #kernel = loadedKernel();
  /** Null: the ordinary way's. */
  readonly #targets = new WeakMap<FlatLayout, FlatTarget | null>();
  /** Layout → what messages of its shape hold beside. */
  readonly #leftOut = new WeakMap<FlatLayout, LeftOutColumns>();
  /** Layouts with columns of which the ordinary way has still to say whether there is room. */
  readonly #undecided = new WeakMap<FlatLayout, ModelColumns>();
  /** Low and high half, of the row that is being counted. */
  readonly #hash = new Int32Array(2);
  readonly #positions = new PositionHash();
  /** Counts and chunks that rows of the block are noted for. */
  readonly #gathering = new Set<{ flush(): void }>();

  constructor(context: IntakeContext, limits: DecodeLimits) {
    this.#context = context;
    this.#reader = this.#kernel === null ? null : new FlatReader(this.#kernel, limits);
  }

  /** Rows and labels taken this way so far. */
  rows = 0;

  /** Valid until the next call; null when its shape is not known. */
  read(messages: MessageList, index: number): FlatRow | null {
    const reader = this.#reader;
    if (reader === null) return null;
    // What is gathered lies in the block that is about to be overwritten.
    if (!reader.holds(messages, index)) this.flush();
    return reader.read(messages, index);
  }

  /** What the ordinary decoder made of a message, given that it tolerated nothing. */
  learn(bytes: Uint8Array, event: LogEvent): void {
    if (this.#reader === null) return;
    this.flush();
    this.#reader.learn(bytes, event);
  }

  /**
   * Which way the row read last can take. `look`: ask `look`, and read the message once more then. `full`: the buffer
   * has no room for its windows.
   */
  wayOf(row: FlatRow, buffer: CheckpointBuffer): 'fast' | 'ordinary' | 'look' | 'full' {
    if (row.layout.type === 'label') return 'fast';
    const target = this.#targets.get(row.layout);
    if (target === undefined) return this.#isUndecided(row.layout) ? 'ordinary' : 'look';
    if (target === null || this.#hasGained(target)) return 'ordinary';
    const stretch = stretchOf(target, row, buffer);
    // Windows are opened by the ordinary way, many at once: each row may ask for another one.
    if (stretch === undefined)
      return this.#context.catalog.knows(keysOf(target, row, buffer)) ? 'look' : 'ordinary';
    if (stretch.ordinary) return 'ordinary';
    return stretch.bound?.buffer === buffer || buffer.windows.reach(stretch.names, () => true)
      ? 'fast'
      : 'full';
  }

  /** Looks up what the row read last needs. */
  async look(row: FlatRow, buffer: CheckpointBuffer): Promise<void> {
    this.flush();
    const target = this.#targets.get(row.layout);
    if (target === undefined) await this.#findTarget(row.layout);
    else if (target !== null) await this.#findStretch(target, row, buffer);
  }

  /** Counts the row read last, whose way is the fast one. False: it is not, because of what the row holds. */
  count(row: FlatRow, buffer: CheckpointBuffer, position: () => SourcePosition): boolean {
    if (row.layout.type === 'label') {
      const isTaken = takeFlatLabel(row, buffer, position, this.#context.catalog);
      this.rows += isTaken ? 1 : 0;
      return isTaken;
    }
    const target = this.#targets.get(row.layout);
    if (target === undefined || target === null) return false;
    const stretch = stretchOf(target, row, buffer);
    if (stretch === undefined) return false;
    const { model } = target;
    const bound = target.bound?.buffer === buffer ? target.bound : bindTarget(target, buffer);
    if (row.at === 0) bound.ids.set.warm(row.idLows, row.count);
    const { hasId } = row;
    if (stretch.counted.length === 0) bound.late.count += 1;
    else if (hasId && isRepeated(row, target, bound)) bound.duplicate.count += 1;
    else {
      if (hasId) {
        this.#hash[0] = row.idLow;
        this.#hash[1] = row.idHigh;
      } else this.#positions.of(position(), this.#hash);
      const segments = segmentsOfRow(row, target, this.#context.segments);
      if (segments === null) return false;
      if (!this.#addToProfiles(row, target, stretch, segments, buffer)) return false;
      const samples = stretch.bound?.samples ?? NO_SAMPLES;
      sampleFlatRow(row, this.#hash[1] ?? 0, this.#hash[0] ?? 0, model.spec, segments, samples);
      if (hasId) hold(row, bound);
      if (model.spec.storePredictions) this.#store(row, target, segments, buffer);
      bound.windowed.count += 1;
      buffer.countSurplus(model.id, target.surplus);
      if (target.forgotten > 0) buffer.notices.add('forgotten_columns', target.forgotten);
    }
    buffer.events += 1;
    bound.read.count += 1;
    this.rows += 1;
    buffer.times.see(model.id, row.timestampMs);
    if (row.epochUnit !== null) buffer.notices.addEpoch(row.epochUnit);
    return true;
  }

  /** Counts and keeps what is still gathered; profiles and chunks are complete only then. */
  flush(): void {
    for (const each of this.#gathering) each.flush();
    this.#gathering.clear();
  }

  /** False, and nothing is counted: only the ordinary way can say what becomes of the row. */
  #addToProfiles(
    row: FlatRow,
    target: FlatTarget,
    stretch: TimeStretch,
    segments: readonly string[],
    buffer: CheckpointBuffer,
  ): boolean {
    const bound = stretch.bound?.buffer === buffer ? stretch.bound : bindStretch(stretch, buffer);
    const profiles = profilesOf(target, stretch, bound, segments);
    for (let i = 0; i < stretch.counted.length; i++) {
      const by = stretch.counted[i];
      const into = profiles[i];
      if (by === undefined || into === undefined) continue;
      if (!by.counting.take(row, into.counted, 1)) return false;
      this.#gathering.add(by.counting);
      if (by.grouping === null || into.grouped.length === 0) continue;
      by.grouping.take(row, into.grouped, 1);
      this.#gathering.add(by.grouping);
    }
    if (target.layout.type === 'prediction') {
      for (let i = 0; i < bound.rows.length; i++) {
        const counter = bound.rows[i];
        if (counter !== undefined) counter.count += 1;
      }
    }
    return true;
  }

  #store(
    row: FlatRow,
    { model, modelVersionId, type }: FlatTarget,
    segments: readonly string[],
    buffer: CheckpointBuffer,
  ): void {
    const low = this.#hash[0] ?? 0;
    const high = this.#hash[1] ?? 0;
    if (!isKeptByLow(model.spec, low)) return;
    const group = buffer.stored.group(type, model.id, modelVersionId, row.timestampMs);
    group.rows.add(high, low, row.timestampMs, flatOutcome(row, model.spec.task), segments);
    group.features.addFlat(row);
    this.#gathering.add(group.features);
  }

  async #findTarget(layout: FlatLayout): Promise<void> {
    const { catalog, ledger, db } = this.#context;
    const { type } = layout;
    if (type === 'label') return;
    const model = catalog.model(layout.model);
    const counted = model !== null && isCounted(model.spec, { type });
    const modelVersionId = counted ? await catalog.versionId(model, layout.modelVersion) : null;
    if (model === null || modelVersionId === null) {
      this.#targets.set(layout, null);
      return;
    }
    const columns = await catalog.columns(model);
    const names = layout.features.map(({ name }) => name);
    const leftOut = this.#leftOut.get(layout) ?? NOTHING_LEFT_OUT;
    const forgotten = columns.forgottenOf(names);
    if (forgotten.length > 0)
      return this.#narrow(layout, forgotten, { ...leftOut, forgotten: forgotten.length });
    const surplus = columns.unknownOf(names);
    if (surplus.length > 0) {
      if (columns.isFull) this.#narrow(layout, surplus, { ...leftOut, surplus });
      // Places are given in the order of the log, which only the ordinary way keeps.
      else this.#undecided.set(layout, columns);
      return;
    }
    const known = await ledger.load(db, { modelId: model.id, kind: type === 'prediction' ? 0 : 1 });
    this.#targets.set(layout, {
      layout,
      type,
      model,
      modelVersionId,
      stepMs: stretchMs(model.spec),
      known,
      stretches: new Map(),
      lately: { step: Number.NaN, sizes: 0, stretch: undefined },
      countings: new Map(),
      segments: [
        ...model.spec.segments.map((feature) => segmentColumn(feature, layout, false)),
        ...model.spec.groups.map((feature) => segmentColumn(feature, layout, true)),
      ],
      columns,
      ...leftOut,
      columnsRevision: columns.revision,
      bound: null,
    });
  }

  #isUndecided(layout: FlatLayout): boolean {
    const columns = this.#undecided.get(layout);
    return columns !== undefined && !columns.isFull && layout.features.some(({ name }) => !columns.has(name));
  }

  #narrow(layout: FlatLayout, names: readonly string[], leftOut: LeftOutColumns): void {
    const narrowed = this.#reader?.narrow(layout, new Set(names)) ?? null;
    // Rows that are read by their keys have none of them.
    if (narrowed !== null && !layout.byKeys) this.#leftOut.set(narrowed, leftOut);
  }

  /** The model has a column by now that rows of this target come without: their shape is learned anew. */
  #hasGained(target: FlatTarget): boolean {
    const { columns, surplus, layout } = target;
    if (surplus.length === 0 || target.columnsRevision === columns.revision) return false;
    if (!columns.isFull || surplus.some((name) => columns.has(name))) {
      this.#reader?.forget(layout);
      return true;
    }
    target.columnsRevision = columns.revision;
    return false;
  }

  async #findStretch(target: FlatTarget, row: FlatRow, buffer: CheckpointBuffer): Promise<void> {
    const { stretches } = target;
    const key = stretchKey(target, row.timestampMs, sizesOf(target, row, buffer));
    const keys = keysOf(target, row, buffer);
    const names = keys.map(windowName);
    const windows = await this.#context.catalog.existingWindows(keys);
    for (const { reference } of windows.values()) if (reference !== null) target.columns.learn(reference);
    const { counted, fed } = splitPanes(names.flatMap((name) => windows.get(name) ?? []));
    const byBaseline = [...Map.groupBy(counted, ({ baselineId }) => baselineId).values()];
    const countings = byBaseline.flatMap((group) => {
      const counting = countingOf(this.#kernel, target, group[0]);
      return counting === null ? [] : { ...counting, windows: group };
    });
    const ordinary = countings.length < byBaseline.length;
    target.lately.stretch = undefined;
    remember(stretches, key, { names, counted: countings, ordinary, fed, bound: null }, MAX_STRETCHES);
  }
}

/** What a row's windows are, if that is known; which sizes take it depends on what came before it in its log. */
function stretchOf(target: FlatTarget, row: FlatRow, buffer: CheckpointBuffer): TimeStretch | undefined {
  const sizes = sizesOf(target, row, buffer);
  // Old timestamps are many, and must not each take the place of a stretch that rows are counted into.
  if (sizes === 0) return LATE;
  const { lately } = target;
  const step = Math.floor(row.timestampMs / target.stepMs);
  if (lately.step !== step || lately.sizes !== sizes || lately.stretch === undefined) {
    lately.step = step;
    lately.sizes = sizes;
    lately.stretch = target.stretches.get(stretchKey(target, row.timestampMs, sizes));
  }
  return lately.stretch;
}

function sizesOf({ model }: FlatTarget, { timestampMs }: FlatRow, { times }: CheckpointBuffer): number {
  return acceptingSizes(model.spec, timestampMs, times.highestMs(model.id));
}

function keysOf(target: FlatTarget, row: FlatRow, buffer: CheckpointBuffer): WindowKey[] {
  const { model, modelVersionId } = target;
  const windows = windowsAt(model.spec, sizesOf(target, row, buffer), row.timestampMs);
  return windows.map((window) => ({ ...window, modelVersionId }));
}

/** The profiles a row of these segments is counted into, by counting. */
function profilesOf(
  target: FlatTarget,
  stretch: TimeStretch,
  bound: BoundStretch,
  segments: readonly string[],
): readonly Profiles[] {
  const key = segments.length <= 1 ? (segments[0] ?? WHOLE) : segments.join('\u0000');
  let known = bound.profiles.get(key);
  if (known === undefined) {
    known = findProfiles(target, stretch, bound.buffer, segments);
    remember(bound.profiles, key, known, MAX_JOINED_SEGMENTS);
  }
  return known;
}

function findProfiles(
  { model }: FlatTarget,
  { counted }: TimeStretch,
  buffer: CheckpointBuffer,
  segments: readonly string[],
): Profiles[] {
  const groups = segments.filter((segment) => groupOf(segment) !== null);
  const judged = [WHOLE, ...segments.filter((segment) => groupOf(segment) === null)];
  return counted.map(({ windows }) => {
    const of = (parts: readonly string[]): InputProfile[] =>
      windows.flatMap((window) => parts.map((part) => buffer.profile(window, part, model.spec.task)));
    return { counted: of(judged), grouped: of(groups) };
  });
}
