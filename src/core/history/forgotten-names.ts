import { createHmac } from 'node:crypto';
import { remember } from '../memory/remember.ts';
import type { ModelSpec } from '../model.ts';

/** Names of columns that are looked up again only when there are more: a producer may make them up. */
const MOST_REMEMBERED = 10_000;

/** The keyed hash by which a forgotten feature of a model is known. Without the secret nobody can tell names by it. */
export function markOfName(secret: Uint8Array, modelId: number, name: string): string {
  return createHmac('sha256', secret).update(`${modelId}/${name}`).digest('hex');
}

/** Which features of a model are forgotten. A name costs a hash the first time it is asked for. */
export class ForgottenNames {
  readonly #secret: Uint8Array;
  readonly #modelId: number;
  readonly #marks: ReadonlySet<string>;
  readonly #known = new Map<string, boolean>();

  constructor(secret: Uint8Array, modelId: number, marks: ReadonlySet<string>) {
    this.#secret = secret;
    this.#modelId = modelId;
    this.#marks = marks;
  }

  has(name: string): boolean {
    const known = this.#known.get(name);
    if (known !== undefined) return known;
    const isForgotten = this.#marks.has(markOfName(this.#secret, this.#modelId, name));
    remember(this.#known, name, isForgotten, MOST_REMEMBERED);
    return isForgotten;
  }

  /** Those of some names that are forgotten. */
  of(names: Iterable<string>): string[] {
    const forgotten: string[] = [];
    for (const name of names) if (this.has(name)) forgotten.push(name);
    return forgotten;
  }
}

/** What a model is configured to be, without what names forgotten features. The same object where nothing does. */
export function specWithout(spec: ModelSpec, forgotten: ForgottenNames | null): ModelSpec {
  if (forgotten === null) return spec;
  const kept = (name: string): boolean => !forgotten.has(name);
  const { segments, groups, features } = spec;
  return {
    ...spec,
    segments: segments.filter(kept),
    groups: groups.filter(kept),
    ...(features !== undefined && { features: new Map([...features].filter(([name]) => kept(name))) }),
  };
}
