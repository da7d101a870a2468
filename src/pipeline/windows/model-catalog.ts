import { type ForgottenNames, specWithout } from '../../core/history/forgotten-names.ts';
import type { ModelSpec } from '../../core/model.ts';
import { Privacy } from '../../core/privacy/privacy.ts';
import { remember } from '../../core/memory/remember.ts';
import type { ReferenceProfile } from '../../stats/profile/feature-reference.ts';
import { decodeReference } from '../../stats/profile/reference-codec.ts';
import { loadBaselineProfile, newestBaselines } from '../../store/evaluation/baselines.ts';
import { type ForgottenFeatures, loadForgotten } from '../../store/history/forgotten-features.ts';
import { isOutage } from '../../store/connection/outage.ts';
import { admitVersion, findVersion, listVersionIds, syncModels } from '../../store/windows/models.ts';
import type { Queryable } from '../../store/connection/pool.ts';
import { ensureWindows, findWindows, type WindowRow } from '../../store/windows/windows.ts';
import { ModelColumns } from '../../window/model-columns.ts';
import type { WindowKey } from '../../window/route.ts';
import { SampleCutoffs } from '../../window/checkpoint/sample-cutoffs.ts';
import type { WindowRef } from '../../window/window-ref.ts';
import { claimColumns } from './admit-columns.ts';

/** Open windows of this many versions and hours fit; the rest is looked up again. */
export const MAX_CACHED_WINDOWS = 20_000;
/** Versions come from the logs: beyond this many of one model, something upstream is wrong. */
export const MAX_VERSIONS_PER_MODEL = 1_000;
/** Whose columns a model has before any of its windows is opened; those of a window are learned with it. */
const BASELINES_LOOKED_AT = 10;

/** What tells one window from all others. */
export type WindowName = Pick<WindowKey, 'modelVersionId' | 'sizeMs' | 'startMs'>;

export interface CatalogModel {
  readonly id: number;
  readonly spec: ModelSpec;
}

/**
 * What a process knows of models, versions, windows and baselines, read from the store once and remembered.
 * Nothing remembered can become wrong but by forgetting a feature (`keepUp`), and by counting a window again, which then has another
 * baseline than it was opened with; who writes to it notices (`refuseRecounted`). Versions and windows are never renamed. Only watermarks age; they are refreshed by the sweeper. Cutoffs of row samples may be out of
 * date, which costs rows that are stored in vain, and nothing else.
 */
export class ModelCatalog {
  readonly cutoffs = new SampleCutoffs();
  /** Null: nothing of any model is private. */
  readonly privacy: Privacy | null;
  readonly #db: Queryable;
  readonly #configured: ReadonlyMap<string, CatalogModel>;
  #models: ReadonlyMap<string, CatalogModel> = new Map();
  #byId: ReadonlyMap<number, CatalogModel> = new Map();
  #forgotten: ForgottenFeatures;
  /** model id → version → id. */
  readonly #versions = new Map<number, Map<string, number>>();
  /** Models that have all the versions they may have; all of them are known. */
  readonly #withoutRoom = new Set<number>();
  readonly #windows = new Map<string, WindowRef>();
  readonly #references = new Map<number, Promise<ReferenceProfile>>();
  readonly #watermarks = new Map<number, number>();
  readonly #columns = new Map<number, Promise<ModelColumns>>();

  private constructor(
    db: Queryable,
    models: ReadonlyMap<string, CatalogModel>,
    forgotten: ForgottenFeatures,
  ) {
    this.#db = db;
    this.#configured = models;
    this.privacy = Privacy.of([...models.values()].map(({ spec }) => spec));
    this.#forgotten = forgotten;
    this.#settle();
  }

  /** Models without what names features that are forgotten. */
  #settle(): void {
    const models = [...this.#configured.values()].map(({ id, spec }) => ({
      id,
      spec: specWithout(spec, this.#forgotten.byId.get(id) ?? null),
    }));
    this.#models = new Map(models.map((model) => [model.spec.name, model]));
    this.#byId = new Map(models.map((model) => [model.id, model]));
  }

  /** How much was forgotten when all this was looked up: what is made of it is stored only while it is no more. */
  get asOf(): number {
    return this.#forgotten.generation;
  }

  /** What is forgotten of a model; of a name that is no model's, of all. */
  forgottenOf(model: string | null): readonly ForgottenNames[] {
    const known = model === null ? undefined : this.#configured.get(model);
    if (known === undefined) return [...this.#forgotten.byId.values()];
    const names = this.#forgotten.byId.get(known.id);
    return names === undefined ? [] : [names];
  }

  /** What may name a feature that was forgotten since is looked up anew. */
  async keepUp(): Promise<void> {
    const forgotten = await loadForgotten(this.#db);
    if (forgotten.generation === this.asOf) return;
    this.#forgotten = forgotten;
    this.#windows.clear();
    this.#references.clear();
    this.#columns.clear();
    this.#settle();
  }

  static async open(db: Queryable, specs: readonly ModelSpec[]): Promise<ModelCatalog> {
    const ids = await syncModels(db, specs);
    const models = new Map<string, CatalogModel>();
    for (const spec of specs) {
      const id = ids.get(spec.name);
      if (id !== undefined) models.set(spec.name, { id, spec });
    }
    return new ModelCatalog(db, models, await loadForgotten(db));
  }

  /** Of models that the database has, without writing how they are configured here. */
  static async ofKnown(db: Queryable, models: readonly CatalogModel[]): Promise<ModelCatalog> {
    return new ModelCatalog(
      db,
      new Map(models.map((model) => [model.spec.name, model])),
      await loadForgotten(db),
    );
  }

  get models(): CatalogModel[] {
    return [...this.#models.values()];
  }

  model(name: string): CatalogModel | null {
    return this.#models.get(name) ?? null;
  }

  modelById(id: number): CatalogModel | null {
    return this.#byId.get(id) ?? null;
  }

  /** Null: the model already has as many versions as any model should, whichever process met them. */
  async versionId(model: CatalogModel, name: string): Promise<number | null> {
    const known = this.#versions.get(model.id)?.get(name);
    if (known !== undefined) return known;
    const versions = this.#versions.get(model.id) ?? new Map<string, number>();
    this.#versions.set(model.id, versions);
    if (this.#withoutRoom.has(model.id)) return null;
    const id = await admitVersion(this.#db, model.id, name, MAX_VERSIONS_PER_MODEL);
    if (id !== null) versions.set(name, id);
    // The others are looked up now or never: a log that makes versions up would ask for each of its events.
    else await this.#learnVersions(model.id, versions);
    return id;
  }

  async #learnVersions(modelId: number, versions: Map<string, number>): Promise<void> {
    for (const { id, name } of await listVersionIds(this.#db, modelId)) versions.set(name, id);
    this.#withoutRoom.add(modelId);
  }

  /** Of a version that exists; null: it would have to be made. */
  async knownVersionId(model: CatalogModel, name: string): Promise<number | null> {
    const known = this.#versions.get(model.id)?.get(name);
    if (known !== undefined) return known;
    const id = await findVersion(this.#db, model.id, name);
    if (id !== null) this.#versions.get(model.id)?.set(name, id);
    return id;
  }

  /** Finds or opens the windows of these keys; the answer has one entry for each distinct key. */
  async openWindows(keys: readonly WindowKey[]): Promise<Map<string, WindowRef>> {
    return await this.#resolve(keys, async (missing) => await ensureWindows(this.#db, missing));
  }

  /** Only windows that exist already. */
  async existingWindows(keys: readonly WindowName[]): Promise<Map<string, WindowRef>> {
    return await this.#resolve(keys, async (missing) => await findWindows(this.#db, missing));
  }

  /** Whether these windows are remembered, so that nothing has to be asked. */
  knows(keys: readonly WindowName[]): boolean {
    return keys.every((key) => this.#windows.has(windowName(key)));
  }

  watermark(modelId: number): number | null {
    return this.#watermarks.get(modelId) ?? null;
  }

  setWatermark(modelId: number, watermarkMs: number): void {
    this.#watermarks.set(modelId, watermarkMs);
    // Asked again now and then: an operator may have named a version meanwhile.
    this.#withoutRoom.delete(modelId);
  }

  async reference(baselineId: number): Promise<ReferenceProfile> {
    let reference = this.#references.get(baselineId);
    if (reference === undefined) {
      reference = loadBaselineProfile(this.#db, baselineId).then(decodeReference);
      this.#references.set(baselineId, reference);
      // A failed look-up is not remembered.
      reference.catch(() => this.#references.delete(baselineId));
    }
    return await reference;
  }

  /** The columns a model has; other processes may have given more of them a place since. */
  async columns({ id, spec }: CatalogModel): Promise<ModelColumns> {
    let columns = this.#columns.get(id);
    if (columns === undefined) {
      columns = this.#loadColumns(id, spec);
      this.#columns.set(id, columns);
      // A failed look-up is not remembered.
      columns.catch(() => this.#columns.delete(id));
    }
    return await columns;
  }

  async #loadColumns(modelId: number, spec: ModelSpec): Promise<ModelColumns> {
    const { asOf } = this;
    const columns = new ModelColumns(spec, { forgotten: this.#forgotten.byId.get(modelId) ?? null, asOf });
    for (const id of await newestBaselines(this.#db, modelId, BASELINES_LOOKED_AT)) {
      try {
        columns.learn(await this.reference(id));
      } catch (error) {
        // One of a newer format keeps nobody from counting rows that are held against another; whoever needs it says so.
        if (isOutage(error)) throw error;
      }
    }
    await claimColumns(this.#db, modelId, columns, []);
    return columns;
  }

  async #resolve<K extends WindowName>(
    keys: readonly K[],
    look: (missing: readonly K[]) => Promise<WindowRow[]>,
  ): Promise<Map<string, WindowRef>> {
    const answer = new Map<string, WindowRef>();
    const missing = new Map<string, K>();
    for (const key of keys) {
      const name = windowName(key);
      const known = this.#windows.get(name);
      if (known === undefined) missing.set(name, key);
      else answer.set(name, known);
    }
    if (missing.size === 0) return answer;
    const { asOf } = this;
    for (const row of await look([...missing.values()])) {
      const reference = row.baselineId === null ? null : await this.reference(row.baselineId);
      const name = windowName(row);
      const ref: WindowRef = { ...row, reference };
      answer.set(name, ref);
      // What was looked up before something was forgotten is of use to nobody after it.
      if (asOf === this.asOf) this.#remember(name, ref);
    }
    return answer;
  }

  /** What is remembered of them is not so any more. */
  forgetWindows(names: readonly WindowName[]): void {
    for (const name of names) this.#windows.delete(windowName(name));
  }

  #remember(name: string, ref: WindowRef): void {
    remember(this.#windows, name, ref, MAX_CACHED_WINDOWS);
  }
}

export function windowName(key: WindowName): string {
  return `${key.modelVersionId}/${key.sizeMs}/${key.startMs}`;
}
