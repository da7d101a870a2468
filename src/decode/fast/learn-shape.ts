import { classLabel } from '../../core/columns/class-label.ts';
import type { LogEvent } from '../../core/events/events.ts';
import type { FlatColumn, FlatLayout, FlatVector } from '../../core/events/flat-row.ts';
import type { CountingKernel } from '../../kernel/kernel.ts';
import type { DecodeLimits } from '../limits.ts';
import { cleanName, storableUpTo } from '../text.ts';
import { pathKey, repeatsAKey } from './repeats-a-key.ts';
import { scanMessage, type ScannedValue } from './scan-message.ts';
import { rowColumns } from './row-columns.ts';
import { type MessageShape, SLOT_OF_USE, SLOT_RANGE, SLOT_VALUE } from './shape.ts';
import { MAX_SHAPE_TEXT_BYTES, TextColumn } from './text-column.ts';

/** A longer message is dominated by its values; remembering its shape costs more than it saves. */
const MAX_SHAPE_BYTES = 256 * 1024;
/** Features, tags and probabilities at their limits, and some more: what an array holds takes places, too. */
const MAX_SLOTS = 8 * 1024;
/** Part of a shape's literal bytes: a shape belongs to one type, model and version. */
const FIXED_FIELDS: ReadonlySet<string> = new Set([
  'type',
  'model',
  'model_version',
  'features',
  'tags',
  'probabilities',
]);
/** A label has nothing else that other labels would not have as well. */
const FIXED_OF_LABELS: ReadonlySet<string> = new Set(['type', 'model']);

/**
 * The shape of a message that the ordinary decoder has just turned into `event` without tolerating anything. Null when
 * a message of this shape could not be read from slots: repeated keys, names that are dropped or fall together.
 */
export function learnShape(
  kernel: CountingKernel,
  bytes: Uint8Array,
  event: LogEvent,
  limits: DecodeLimits,
): MessageShape | null {
  if (bytes.length > MAX_SHAPE_BYTES) return null;
  const message = scanMessage(bytes);
  if (repeatsAKey(message)) return null;
  const isLabel = event.type === 'label';
  const fixed = isLabel ? FIXED_OF_LABELS : FIXED_FIELDS;
  const values = message.scalars.filter(({ path }) => path.length !== 1 || !fixed.has(path[0] ?? ''));
  if (values.length > MAX_SLOTS) return null;
  const slotOf = new Map(values.map(({ path }, slot) => [pathKey(path), slot]));
  const root = JSON.parse(withoutMark(bytes)) as Record<string, unknown>;
  const given = isLabel ? undefined : root['features'];
  const features = namedColumns(given, 'features', slotOf, limits);
  const tags = isLabel ? [] : namedColumns(root['tags'], 'tags', slotOf, limits);
  const probabilities =
    event.type === 'prediction' ? classColumns(root['probabilities'], slotOf, limits) : [];
  if (features === null || tags === null || probabilities === null) return null;
  // An error that is an object is quoted as text.
  if (typeof root['error'] === 'object' && root['error'] !== null) return null;

  const texts: (TextColumn | null)[] = values.map(() => null);
  const uses = new Uint8Array(values.length).fill(SLOT_RANGE);
  const room = { bytes: MAX_SHAPE_TEXT_BYTES };
  const withTexts = (column: Pick<FlatColumn, 'name' | 'cell'>, use: number): FlatColumn => {
    if (column.cell < 0) return { ...column, texts: [] };
    const known = new TextColumn(kernel, room);
    uses[column.cell] = use;
    texts[column.cell] = known;
    return { ...column, texts: known.texts };
  };
  const layout: FlatLayout = {
    byKeys: false,
    type: event.type,
    model: event.model,
    modelVersion: isLabel ? '' : event.modelVersion,
    features: features.map((column) => withTexts(column, SLOT_VALUE)),
    tags: tags.map((column) => withTexts(column, SLOT_VALUE)),
    vectors: vectorsOf(values, given),
    probabilities,
    ...rowColumns(event.type, ({ path, use }) => {
      const cell = slotOf.get(pathKey(path));
      if (cell === undefined) return null;
      const column = { name: path.join('.'), cell };
      return use === 'plain' ? { ...column, texts: [] } : withTexts(column, SLOT_OF_USE[use]);
    }),
  };
  const hasFeatures = typeof given === 'object' && given !== null;
  return {
    ...literalBytes(bytes, values),
    slots: values.length,
    uses,
    texts,
    layout,
    hasFeatures,
    keys: null,
  };
}

function withoutMark(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    .toString('utf8')
    .replace(/^\ufeff/, '');
}

function literalBytes(
  bytes: Uint8Array,
  values: readonly ScannedValue[],
): Pick<MessageShape, 'literals' | 'literalEnds'> {
  const pieces = values.map(({ from }, i) => bytes.subarray(values[i - 1]?.to ?? 0, from));
  pieces.push(bytes.subarray(values.at(-1)?.to ?? 0));
  const ends = new Int32Array(pieces.length);
  let end = 0;
  for (const [i, piece] of pieces.entries()) ends[i] = end += piece.length;
  return { literals: Uint8Array.from(Buffer.concat(pieces)), literalEnds: ends };
}

type Place = Pick<FlatColumn, 'name' | 'cell'>;

/** The names in the order of an ordinary event (JavaScript puts keys that are whole numbers first). */
function namedColumns(
  given: unknown,
  field: 'features' | 'tags',
  slotOf: ReadonlyMap<string, number>,
  limits: DecodeLimits,
): Place[] | null {
  if (typeof given !== 'object' || given === null) return [];
  const columns: Place[] = [];
  const names = new Set<string>();
  for (const key of Object.keys(given)) {
    const name = cleanName(key, limits.maxNameLength);
    if (name === null || names.has(name)) return null;
    names.add(name);
    // What holds an object or an array is invalid whatever is in it; its scalars are slots that nobody reads.
    const value = (given as Record<string, unknown>)[key];
    const isNested = typeof value === 'object' && value !== null;
    columns.push({ name, cell: isNested ? -1 : (slotOf.get(pathKey([field, key])) ?? -1) });
  }
  return columns;
}

function classColumns(
  given: unknown,
  slotOf: ReadonlyMap<string, number>,
  limits: DecodeLimits,
): Place[] | null {
  if (typeof given !== 'object' || given === null) return [];
  const columns: Place[] = [];
  const names = new Set<string>();
  for (const key of Object.keys(given)) {
    const name = classLabel(storableUpTo(key, limits.maxTextLength));
    const cell = slotOf.get(pathKey(['probabilities', key]));
    if (cell === undefined || names.has(name)) return null;
    names.add(name);
    columns.push({ name, cell });
  }
  return columns;
}

/** Features that are arrays of numbers and nothing else. */
function vectorsOf(values: readonly ScannedValue[], features: unknown): FlatVector[] {
  if (typeof features !== 'object' || features === null) return [];
  return Object.entries(features).flatMap(([name, value]: [string, unknown]) => {
    if (!Array.isArray(value) || value.some((each) => typeof each !== 'number')) return [];
    const cells = values.flatMap(({ path }, slot) =>
      path.length === 3 && path[0] === 'features' && path[1] === name ? [slot] : [],
    );
    return cells.length === value.length ? [{ name, cells }] : [];
  });
}
