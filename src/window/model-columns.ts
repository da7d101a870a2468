import type { Features, FeatureValue } from '../core/events/events.ts';
import type { ForgottenNames } from '../core/history/forgotten-names.ts';
import type { ModelSpec } from '../core/model.ts';
import type { ReferenceProfile } from '../stats/profile/feature-reference.ts';

const NONE: readonly string[] = [];
const NOTHING_FORGOTTEN = { forgotten: null, asOf: 0 };
/** Columns a model may have beyond those of its baselines, where the configuration does not say. */
const DEFAULT_COLUMNS = 200;
/** The same for a model that has no baseline: all of its columns are beyond it. */
const DEFAULT_COLUMNS_WITHOUT_BASELINE = 2_000;

/**
 * Which columns a model has: those of its baselines and its configuration, which never give way, and those beyond that
 * came first, of which there are `limit` at most. What else events name is left out of them. The set only grows, so a
 * column that was had once is had by every later row.
 */
export class ModelColumns {
  readonly #limit: number | null;
  /** Of baselines and configuration: a producer does not make these up. */
  readonly #own: Set<string>;
  readonly #admitted = new Set<string>();
  readonly #learned = new WeakSet<ReferenceProfile>();
  readonly #forgotten: ForgottenNames | null;
  /** How much was forgotten when this was looked up. */
  readonly asOf: number;
  #hasBaseline = false;
  #full = false;
  /** Changes when a column comes in. */
  revision = 0;

  constructor(
    { columnLimit, segments, groups }: Pick<ModelSpec, 'columnLimit' | 'segments' | 'groups'>,
    {
      forgotten,
      asOf,
    }: { readonly forgotten: ForgottenNames | null; readonly asOf: number } = NOTHING_FORGOTTEN,
  ) {
    this.#forgotten = forgotten;
    this.asOf = asOf;
    this.#limit = columnLimit ?? null;
    this.#own = new Set([...segments, ...groups]);
  }

  get limit(): number {
    return this.#limit ?? (this.#hasBaseline ? DEFAULT_COLUMNS : DEFAULT_COLUMNS_WITHOUT_BASELINE);
  }

  get own(): readonly string[] {
    return [...this.#own];
  }

  /** Columns held, whoever made them up. */
  get size(): number {
    return this.#own.size + this.#admitted.size;
  }

  has(name: string): boolean {
    return this.#own.has(name) || this.#admitted.has(name);
  }

  /** There is no room: what the model does not have now is surplus. */
  get isFull(): boolean {
    return this.#full;
  }

  /** A baseline of the model. Cheap for one that is known. */
  learn(reference: ReferenceProfile): void {
    if (this.#learned.has(reference)) return;
    this.#learned.add(reference);
    this.#hasBaseline = true;
    const before = this.#own.size;
    for (const { name } of reference.features) if (this.#forgotten?.has(name) !== true) this.#own.add(name);
    if (this.#own.size === before) return;
    this.revision += 1;
    // Admitted ones that are a baseline's now leave their place to others.
    this.#full = false;
  }

  /** Everything that is admitted, as the store answered when it was asked to take `limit` at most. */
  admit(names: Iterable<string>): void {
    const before = this.#admitted.size;
    let beyond = 0;
    for (const name of names) {
      this.#admitted.add(name);
      if (!this.#own.has(name)) beyond += 1;
    }
    if (this.#admitted.size > before) this.revision += 1;
    this.#full = beyond >= this.limit;
  }

  /** Names of an event that are dropped with their values: whether there is room does not matter. */
  forgottenOf(names: Iterable<string>): readonly string[] {
    return this.#forgotten === null ? NONE : this.#forgotten.of(names);
  }

  /** Names of an event that the model does not have (yet). */
  unknownOf(names: Iterable<string>): string[] {
    const unknown: string[] = [];
    for (const name of names) if (!this.has(name)) unknown.push(name);
    return unknown;
  }
}

/** The features without some of them. */
export function without(features: Features, names: readonly string[]): Features {
  if (names.length === 0) return features;
  const kept = new Map<string, FeatureValue>(features);
  for (const name of names) kept.delete(name);
  return kept;
}
