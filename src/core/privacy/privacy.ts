import type { ModelSpec } from '../model.ts';
import type { PrivateFields } from './private-fields.ts';

type Model = Pick<ModelSpec, 'name' | 'privateFields'>;

/** What is private in the messages of a log, by the model they name. */
export class Privacy {
  readonly #byModel: ReadonlyMap<string, PrivateFields | null>;
  readonly #all: PrivateFields | null;

  private constructor(byModel: ReadonlyMap<string, PrivateFields | null>) {
    this.#byModel = byModel;
    this.#all = [...byModel.values()].reduce(
      (all, own) => (all === null || own === null ? (all ?? own) : all.with(own)),
      null,
    );
  }

  /** Null: nothing is private in any model. */
  static of(models: readonly Model[]): Privacy | null {
    const byModel = new Map(models.map(({ name, privateFields }) => [name, privateFields ?? null]));
    const privacy = new Privacy(byModel);
    return privacy.#all === null ? null : privacy;
  }

  of(model: string): PrivateFields | null {
    return this.#byModel.get(model) ?? null;
  }

  /** Of a message that names no model that is configured, whatever is private in any: it may have been meant for that one. */
  ofAny(model: string | null): PrivateFields | null {
    const own = model === null ? undefined : this.#byModel.get(model);
    return own === undefined ? this.#all : own;
  }

  /** For messages in which these fields were hashed when they were put aside. */
  withHashed(names: readonly string[]): Privacy {
    const entries = [...this.#byModel].map(
      ([name, fields]) => [name, fields === null ? null : fields.withHashed(names)] as const,
    );
    return new Privacy(new Map(entries));
  }
}
