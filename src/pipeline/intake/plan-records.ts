import { classLabel } from '../../core/columns/class-label.ts';
import type { DeadLetter, DeadLetterReason } from '../../core/events/dead-letter.ts';
import type {
  FeaturesEvent,
  LabelEvent,
  LogEvent,
  PredictionEvent,
  SourcePosition,
} from '../../core/events/events.ts';
import type { Task } from '../../core/model.ts';
import { fail, ok, type Result } from '../../core/result.ts';
import { deadLetter } from '../../decode/dead-letter.ts';
import { shown } from '../../decode/text.ts';
import { MAX_OPENED_WINDOWS } from '../../window/checkpoint/limits.ts';
import type { EventTimes } from '../../window/event-times.ts';
import type { NoticeCounts } from '../../window/checkpoint/notices.ts';
import { acceptingSizes, isCounted, windowsAt } from '../../window/route.ts';
import type { CatalogModel, ModelCatalog } from '../windows/model-catalog.ts';

/** An event after decoding, with its bytes for a dead letter that only later steps can call for. */
export interface DecodedRecord {
  readonly result: Result<LogEvent, DeadLetter>;
  /** What the record was taken for, also when it could not be read. */
  readonly type: string;
  /** Events of one record share the object. */
  readonly position: SourcePosition;
  readonly bytes: Uint8Array;
  /** Of the record in its log; absent: it was posted, and is as old as its arrival. */
  readonly recordMs?: number;
  /** It came in another format than plain events. */
  readonly isOfFormat?: true;
  /** What decoding noticed. Absent: nothing, or it is counted elsewhere. */
  readonly notices?: NoticeCounts | undefined;
}

/** What is to become of an event, by the event and its log alone: nothing has been counted, stored or opened yet. */
export type Planned =
  | { readonly kind: 'refused'; readonly letter: DeadLetter }
  | TooManyWindows
  | { readonly kind: 'label'; readonly event: LabelEvent; readonly model: CatalogModel }
  | {
      readonly kind: 'uncounted';
      readonly event: PredictionEvent | FeaturesEvent;
      readonly model: CatalogModel;
      readonly outcome: 'late' | 'ignored';
    }
  | PlannedRow;

/** Of one message whose events go to more windows than are ever opened at once. One dead letter stands for all of it. */
export interface TooManyWindows {
  readonly kind: 'too_many_windows';
  readonly letter: DeadLetter;
  /** Null: the event goes with the one before it. */
  readonly windows: number | null;
}

export interface PlannedRow {
  readonly kind: 'row';
  readonly event: PredictionEvent | FeaturesEvent;
  readonly model: CatalogModel;
  /** The sizes of windows that take it. */
  readonly sizes: number;
}

/**
 * Decides about records in their order. A row moves time for those after it; a dead letter and a label do not.
 *
 * @param times of the log up to the first record. They are left as they are.
 */
export function planRecords(
  records: readonly DecodedRecord[],
  times: EventTimes,
  catalog: Pick<ModelCatalog, 'model'>,
): Planned[] {
  const planned: Planned[] = [];
  let ahead = times.next();
  for (let from = 0, to = 0; from < records.length; from = to) {
    to = endOfRecord(records, from);
    const before = to - from > 1 ? ahead.next() : ahead;
    const events = records.slice(from, to);
    const all = events.map((event) => plan(event, ahead, catalog));
    const windows = to - from > 1 ? windowsOf(all).size : 0;
    if (windows <= MAX_OPENED_WINDOWS) planned.push(...all);
    else {
      planned.push(...refuseAll(events, windows));
      ahead = before;
    }
  }
  return planned;
}

/** Index behind the last event of the record that begins there. */
export function endOfRecord(records: readonly DecodedRecord[], from: number): number {
  let to = from + 1;
  while (to < records.length && records[to]?.position === records[from]?.position) to += 1;
  return to;
}

/** Names of the windows that rows ask for, before their versions are looked up. */
export function windowsOf(planned: Iterable<Planned>): Set<string> {
  const names = new Set<string>();
  for (const each of planned) {
    if (each.kind !== 'row') continue;
    const { event, model, sizes } = each;
    for (const { sizeMs, startMs } of windowsAt(model.spec, sizes, event.timestampMs)) {
      names.add(`${model.id}/${event.modelVersion}/${sizeMs}/${startMs}`);
    }
  }
  return names;
}

function refuseAll(events: readonly DecodedRecord[], windows: number): TooManyWindows[] {
  const detail = `one message with events of ${windows} windows; at most ${MAX_OPENED_WINDOWS} are opened at once`;
  const [first] = events;
  if (first === undefined) return [];
  const model = first.result.ok ? first.result.value.model : null;
  const letter = deadLetter(first.position, 'too_many_windows', detail, first.bytes, model);
  return events.map((_, row) => ({ kind: 'too_many_windows', letter, windows: row === 0 ? windows : null }));
}

function plan(record: DecodedRecord, times: EventTimes, catalog: Pick<ModelCatalog, 'model'>): Planned {
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
  const highestMs = times.highestMs(model.id);
  times.see(model.id, event.timestampMs);
  if (!isCounted(model.spec, event)) return { kind: 'uncounted', event, model, outcome: 'ignored' };
  const sizes = acceptingSizes(model.spec, event.timestampMs, highestMs);
  if (sizes === 0) return { kind: 'uncounted', event, model, outcome: 'late' };
  return { kind: 'row', event, model, sizes };
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

/** Null: a regression's outcome is no number. */
export function outcomeFor(task: Task, given: string | number): string | number | null {
  if (task === 'classification') return classLabel(given);
  const number = typeof given === 'number' ? given : Number(given.trim() === '' ? Number.NaN : given);
  return Number.isNaN(number) ? null : number;
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
  const outcome = outcomeFor(model.spec.task, given);
  if (outcome !== null) return ok({ ...event, [field]: outcome });
  return fail(`${field} ${shown(given)} is not a number, and ${model.spec.name} is a regression model`);
}
