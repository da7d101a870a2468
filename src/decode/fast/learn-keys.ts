import { classLabel } from '../../core/columns/class-label.ts';
import type { FeaturesEvent, PredictionEvent } from '../../core/events/events.ts';
import type { FlatColumn, FlatLayout } from '../../core/events/flat-row.ts';
import { rowFields } from '../../core/events/row-fields.ts';
import type { CountingKernel } from '../../kernel/kernel.ts';
import {
  KEY_BATCH,
  KEY_FEATURES,
  KEY_MODEL,
  KEY_PROBABILITIES,
  KEY_SKIPPED,
  KEY_TAGS,
  KEY_TYPE,
  KEY_VERSION,
  MAY_LACK_TYPE,
  MAY_LACK_VERSION,
} from '../../kernel/structs.ts';
import type { DecodeLimits } from '../limits.ts';
import { cleanName, storableUpTo } from '../text.ts';
import { KeyTable } from './key-table.ts';
import { pathKey, repeatsAKey } from './repeats-a-key.ts';
import { scanMessage } from './scan-message.ts';
import { rowColumns } from './row-columns.ts';
import { type MessageShape, type ShapeKeys, SLOT_OF_USE, SLOT_RANGE, SLOT_VALUE } from './shape.ts';
import { MAX_SHAPE_TEXT_BYTES, TextColumn, type TextRoom } from './text-column.ts';

/** A longer message is dominated by its values. */
const MAX_MESSAGE_BYTES = 256 * 1024;
/** All keys of a shape together. */
const MAX_KEY_BYTES = 1024 * 1024;

type RowEvent = PredictionEvent | FeaturesEvent;

/**
 * A shape of keys that has all keys of a message which the ordinary decoder has just turned into `event` without
 * tolerating anything: `known`, a shape of its type, model and version, with what it lacked. Null: it lacked nothing
 * that there is room for, or a key is repeated.
 */
export function learnKeys(
  kernel: CountingKernel,
  known: MessageShape | null,
  bytes: Uint8Array,
  event: RowEvent,
  limits: DecodeLimits,
): MessageShape | null {
  if (bytes.length > MAX_MESSAGE_BYTES) return null;
  const message = scanMessage(bytes);
  if (repeatsAKey(message)) return null;
  const growing = new GrowingShape(kernel, known ?? emptyShape(kernel, event), limits);
  for (const { path, from, to } of message.keys) growing.addKey(path, bytes.subarray(from, to));
  const written = new Map(
    message.scalars.flatMap(({ path: [key = '', ...deeper], from, to }) =>
      deeper.length === 0 ? [[key, bytes.subarray(from, to)] as const] : [],
    ),
  );
  growing.addNames(written);
  return growing.grown(known === null);
}

class GrowingShape {
  readonly #kernel: CountingKernel;
  readonly #shape: MessageShape;
  readonly #keys: ShapeKeys;
  readonly #limits: DecodeLimits;
  readonly #room: TextRoom;
  readonly #features: FlatColumn[];
  readonly #tags: FlatColumn[];
  readonly #probabilities: Pick<FlatColumn, 'name' | 'cell'>[];
  readonly #uses: number[];
  readonly #texts: (TextColumn | null)[];
  #mayLack: number;
  #hasGrown = false;

  constructor(kernel: CountingKernel, shape: MessageShape, limits: DecodeLimits) {
    if (shape.keys === null) throw new Error('a shape of literals does not grow');
    const { layout, keys, uses, texts } = shape;
    this.#kernel = kernel;
    this.#shape = shape;
    this.#keys = keys;
    this.#limits = limits;
    this.#room = keys.textRoom;
    this.#features = [...layout.features];
    this.#tags = [...layout.tags];
    this.#probabilities = [...layout.probabilities];
    this.#uses = [...uses];
    this.#texts = [...texts];
    this.#mayLack = keys.mayLack;
  }

  addKey([first = '', second, ...deeper]: readonly string[], spelled: Uint8Array): void {
    if (second === undefined) this.#add(this.#keys.root, spelled, () => this.#useInRoot(first));
    else if (deeper.length > 0) return;
    else if (first === 'features') {
      this.#add(this.#keys.features, spelled, () => this.#slotOfName(second, this.#features));
    } else if (first === 'tags') {
      this.#add(this.#keys.tags, spelled, () => this.#slotOfName(second, this.#tags));
    } else if (this.#shape.layout.type === 'features') return;
    else if (first === 'probabilities') {
      this.#add(this.#keys.probabilities, spelled, () => this.#slotOfClass(second));
    } else if (first === 'batch') {
      this.#add(this.#keys.batch, spelled, () => this.#slotOfField('batch', second));
    }
  }

  #add(table: KeyTable, spelled: Uint8Array, use: () => number | null): void {
    if (table.has(spelled)) return;
    const known = use();
    if (known !== null && table.add(spelled, known)) this.#hasGrown = true;
  }

  #useInRoot(key: string): number {
    const { type } = this.#shape.layout;
    switch (key) {
      case 'type':
        return KEY_TYPE;
      case 'model':
        return KEY_MODEL;
      case 'model_version':
        return KEY_VERSION;
      case 'features':
        return KEY_FEATURES;
      case 'tags':
        return KEY_TAGS;
      case 'probabilities':
        return type === 'prediction' ? KEY_PROBABILITIES : KEY_SKIPPED;
      case 'batch':
        return type === 'prediction' ? KEY_BATCH : KEY_SKIPPED;
      default:
        return this.#slotOfField(key);
    }
  }

  #slotOfField(...keys: readonly string[]): number {
    const path = pathKey(keys);
    const slot = rowFields(this.#shape.layout.type).findIndex(([, field]) => pathKey(field.path) === path);
    return slot < 0 ? KEY_SKIPPED : slot;
  }

  #slotOfName(key: string, columns: FlatColumn[]): number | null {
    const name = cleanName(key, this.#limits.maxNameLength);
    if (name === null) return null;
    const known = columns.find((column) => column.name === name);
    if (known !== undefined) return known.cell;
    if (columns.length >= this.#limits.maxFeatures) return null;
    const texts = new TextColumn(this.#kernel, this.#room);
    const cell = this.#slot(SLOT_VALUE, texts);
    columns.push({ name, cell, texts: texts.texts });
    return cell;
  }

  #slotOfClass(key: string): number | null {
    const name = classLabel(storableUpTo(key, this.#limits.maxTextLength));
    const known = this.#probabilities.find((column) => column.name === name);
    if (known !== undefined) return known.cell;
    if (this.#probabilities.length >= this.#limits.maxFeatures) return null;
    const cell = this.#slot(SLOT_RANGE, null);
    this.#probabilities.push({ name, cell });
    return cell;
  }

  #slot(use: number, texts: TextColumn | null): number {
    this.#texts.push(texts);
    return this.#uses.push(use) - 1;
  }

  /** How type, model and version are written here. */
  addNames(written: ReadonlyMap<string, Uint8Array>): void {
    const { types, models, versions } = this.#keys;
    this.#addName(types, written.get('type'), MAY_LACK_TYPE);
    this.#addName(models, written.get('model'), 0);
    this.#addName(versions, written.get('model_version'), MAY_LACK_VERSION);
  }

  #addName(table: KeyTable, written: Uint8Array | undefined, lacks: number): void {
    if (written !== undefined) this.#add(table, written, () => 0);
    else if ((this.#mayLack & lacks) !== lacks) {
      this.#mayLack |= lacks;
      this.#hasGrown = true;
    }
  }

  grown(isNew: boolean): MessageShape | null {
    if (!this.#hasGrown && !isNew) return null;
    const { layout } = this.#shape;
    const isWider = this.#uses.length > this.#shape.slots;
    return {
      ...this.#shape,
      slots: this.#uses.length,
      uses: Uint8Array.from(this.#uses),
      texts: this.#texts,
      // The same object where it has the same columns: much is remembered by it.
      layout: isWider
        ? { ...layout, features: this.#features, tags: this.#tags, probabilities: this.#probabilities }
        : layout,
      keys: { ...this.#keys, mayLack: this.#mayLack },
    };
  }
}

function emptyShape(kernel: CountingKernel, { type, model, modelVersion }: RowEvent): MessageShape {
  const fields = rowFields(type);
  const keyRoom: TextRoom = { bytes: MAX_KEY_BYTES };
  const textRoom: TextRoom = { bytes: MAX_SHAPE_TEXT_BYTES };
  const texts = fields.map(([, { use }]) => (use === 'plain' ? null : new TextColumn(kernel, textRoom)));
  const layout: FlatLayout = {
    byKeys: true,
    type,
    model,
    modelVersion,
    features: [],
    vectors: [],
    tags: [],
    probabilities: [],
    ...rowColumns(type, ({ path }, name) => {
      const cell = fields.findIndex(([field]) => field === name);
      return { name: path.join('.'), cell, texts: texts[cell]?.texts ?? [] };
    }),
  };
  const table = (): KeyTable => new KeyTable(kernel, keyRoom);
  return {
    literals: new Uint8Array(),
    literalEnds: new Int32Array(1),
    slots: fields.length,
    uses: Uint8Array.from(fields, ([, { use }]) => SLOT_OF_USE[use]),
    texts,
    layout,
    hasFeatures: false,
    keys: {
      root: table(),
      features: table(),
      tags: table(),
      probabilities: table(),
      batch: table(),
      types: table(),
      models: table(),
      versions: table(),
      mayLack: 0,
      envelopeSlots: fields.length,
      textRoom,
    },
  };
}
