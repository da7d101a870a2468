import { admitNames } from '../../store/windows/admitted-names.ts';
import type { Queryable } from '../../store/connection/pool.ts';
import { MAX_SEGMENTS_PER_FEATURE, type SegmentRegistry, type SegmentValue } from '../../window/segments.ts';

/**
 * Gives values their segments as long as there are any. In the store, before a row is counted: windows of one version have
 * the same segments whichever process counts them, and after how many restarts.
 */
export async function admitSegments(
  db: Queryable,
  registry: SegmentRegistry,
  values: Iterable<SegmentValue>,
  asOf: number,
): Promise<void> {
  const unsettled = [...values].filter((each) => !registry.isSettled(each));
  const byFeature = Map.groupBy(unsettled, ({ modelVersionId, feature }) => `${modelVersionId}/${feature}`);
  for (const [name, ofFeature] of byFeature) {
    const [first] = ofFeature;
    if (first === undefined) continue;
    const names = [...new Set(ofFeature.map(({ value }) => value))].slice(0, MAX_SEGMENTS_PER_FEATURE);
    const claim = { scope: `segment/${name}`, names, limit: MAX_SEGMENTS_PER_FEATURE, free: [], asOf };
    registry.settle(first, await admitNames(db, claim));
  }
}
