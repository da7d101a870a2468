import type { Task } from '../../core/model.ts';
import {
  combineProfiles,
  createFeatureProfile,
  type FeatureProfile,
  UntypedProfile,
} from '../../stats/profile/feature-profile.ts';
import type { FeatureReference, ReferenceProfile } from '../../stats/profile/feature-reference.ts';
import type { Queryable } from '../../store/connection/pool.ts';
import { loadPartsOfGroups, type StoredPart } from '../../store/windows/window-parts.ts';
import { readInputs } from '../../window/part-profiles.ts';
import type { BaselineReferences } from '../history/baseline-references.ts';
import { sumReadable } from '../windows/readable-parts.ts';

/** Windows whose parts are decoded at once. */
const AT_ONCE = 8;
/** Read by one statement: about twice the parts of as many windows of as many features as one answer is made of. */
const MOST_BYTES = 32 * 1024 * 1024;

/** Whose counts are read. */
export interface CountedKey {
  readonly feature: string;
  readonly segment: string;
  readonly task: Task;
  /** A segment of fewer rows is nobody's to see. */
  readonly minCount?: number | undefined;
}

interface Counted {
  readonly baseline: number | null;
  readonly ids: readonly string[];
}

/** Counts of one feature in windows, out of the parts that are stored of these. */
export class FeatureCounts {
  readonly #db: Queryable;
  readonly #references: BaselineReferences;

  constructor(db: Queryable, references: BaselineReferences) {
    this.#db = db;
    this.#references = references;
  }

  /** Before anything of an answer is read: what was forgotten since is no longer there. */
  async keepUp(): Promise<void> {
    await this.#references.keepUp();
  }

  /** What was trained on; null: no such feature, or no baseline. */
  async referenceOf(baseline: number | null, feature: string): Promise<FeatureReference | null> {
    const reference = await this.#references.of(baseline);
    return reference?.features.find(({ name }) => name === feature) ?? null;
  }

  /** How many features a window's counts are of; 1 where no baseline says. */
  async widthOf(baseline: number | null): Promise<number> {
    return (await this.#references.of(baseline))?.features.length ?? 1;
  }

  /**
   * Windows that are to be one, all of one baseline, each added up. Null: nothing of the feature is stored of it. What
   * does not decode is left out. `take` is given one after the other, and must be done with it when it returns. One
   * statement for as much as may lie in memory.
   */
  async each<G extends Counted>(
    groups: readonly G[],
    { feature, segment, task, minCount = 0 }: CountedKey,
    take: (group: G, counted: FeatureProfile | null) => void,
  ): Promise<void> {
    let sum: FeatureProfile | null = null;
    for await (const { group, parts, isLast } of this.#steps(groups, segment)) {
      const reference = await this.#references.of(group.baseline);
      const counted = sumReadable(parts, reference, task, (some) =>
        featureOf(some, { reference, task, feature }),
      ).sum;
      if (sum === null) sum = counted;
      else if (counted !== null && counted.kind === sum.kind) combineProfiles(sum, counted, 1);
      if (!isLast) continue;
      const isShown = segment === '' || (sum !== null && sum.rows >= minCount);
      take(group, isShown ? sum : null);
      if (sum?.kind === 'numeric') sum.release();
      sum = null;
    }
  }

  /** The parts of some windows of a group after the other. */
  async *#steps<G extends Counted>(groups: readonly G[], segment: string) {
    const steps = groups.flatMap((group) =>
      Array.from(
        { length: Math.max(1, Math.ceil(group.ids.length / AT_ONCE)) },
        (_, n, at = n * AT_ONCE) => ({
          group,
          ids: group.ids.slice(at, at + AT_ONCE),
          isLast: at + AT_ONCE >= group.ids.length,
        }),
      ),
    );
    for (let from = 0; from < steps.length;) {
      const left = steps.slice(from);
      const ids = left.map((step) => step.ids);
      const { parts, done } = await loadPartsOfGroups(this.#db, ids, { segment, kind: 'input' }, MOST_BYTES);
      const byStep = Map.groupBy(parts, ({ group }) => group);
      for (const [n, step] of left.slice(0, done).entries()) yield { ...step, parts: byStep.get(n) ?? [] };
      from += done;
    }
  }
}

function featureOf(
  parts: readonly StoredPart[],
  { reference, task, feature }: { reference: ReferenceProfile | null; task: Task; feature: string },
): FeatureProfile | null {
  let sum: FeatureProfile | null = null;
  let untyped: UntypedProfile | null = null;
  for (const { segment, delta } of parts) {
    const input = readInputs(segment, delta, reference, task);
    const own = input.features.find((each) => each.reference.name === feature);
    if (own !== undefined) combineProfiles((sum ??= createFeatureProfile(own.reference)), own, 1);
    const found = input.untyped?.list().find(({ name }) => name === feature);
    if (found !== undefined) (untyped ??= new UntypedProfile(feature)).combine(found, 1);
    input.release();
  }
  if (untyped === null) return sum;
  return untyped.kind === 'numeric' ? untyped.numeric : untyped.levels;
}
