import type { FeatureAsked, FeatureInWindow, FeatureOverTime, NotInspected } from '../../api/inspections.ts';
import { defaultSpanMs, type Period, resolvePeriod, sinceData } from '../../core/windows/period.ts';
import { fail, ok, type Result } from '../../core/result.ts';
import { sizeFromText } from '../../core/windows/window-size.ts';
import type { Queryable } from '../../store/connection/pool.ts';
import {
  type FeatureKey,
  findInspectedWindow,
  findNewestMeasured,
  findNewestWindow,
  type InspectedWindow,
  listWatchedSizes,
  type WatchedSize,
} from '../../store/read-models/screens/feature-windows.ts';

/** A feature, and the windows of one size that it is looked at in. */
export interface FeaturePlace {
  readonly key: FeatureKey;
  readonly watched: WatchedSize;
}

const notFound = (detail: string) => fail<NotInspected>({ reason: 'not_found', detail });
const badRequest = (detail: string) => fail<NotInspected>({ reason: 'bad_request', detail });

/** Where an address does not say which, windows of the smallest size are looked at. */
async function findPlace(
  db: Queryable,
  { model, feature, version, segment, size }: FeatureAsked,
): Promise<Result<FeaturePlace, NotInspected>> {
  const sizes = await listWatchedSizes(db, model, version);
  const [smallest] = sizes;
  if (smallest === undefined)
    return notFound(
      `There are no windows of the model ${model}${version === null ? '' : `, version ${version}`}.`,
    );
  const wanted = size === null ? smallest.size : sizeFromText(size);
  if (wanted === null)
    return badRequest(`\`size\` is no size of windows: give \`1h\`, \`7d\` or \`500rows\`.`);
  const watched = sizes.find((each) => each.size === wanted);
  if (watched === undefined) return notFound(`The model ${model} has no windows of this size.`);
  return ok({ key: { model, feature, version, segment, size: wanted }, watched });
}

/** The window that is asked for; else the newest in which the feature was measured, else the newest there is. */
export async function findWindowOf(
  db: Queryable,
  asked: FeatureInWindow,
): Promise<Result<InspectedWindow, NotInspected>> {
  if (asked.window !== null) {
    const found = await findInspectedWindow(db, asked.window);
    if (found === null || found.model !== asked.model)
      return notFound(`There is no window ${asked.window} of the model ${asked.model}.`);
    return ok(found);
  }
  const place = await findPlace(db, asked);
  if (!place.ok) return place;
  const { key } = place.value;
  const newest = (await findNewestMeasured(db, key)) ?? (await findNewestWindow(db, key));
  return newest === null ? notFound(`There are no windows of the model ${asked.model}.`) : ok(newest);
}

/** Its place, and the period that the address means. */
export async function findPeriodOf(
  db: Queryable,
  asked: FeatureOverTime,
  nowMs: number,
): Promise<Result<FeaturePlace & { readonly period: Period }, NotInspected>> {
  const place = await findPlace(db, asked);
  if (!place.ok) return place;
  const { latestMs, firstMs, usualMs } = place.value.watched;
  const period = resolvePeriod({ from: asked.from, to: asked.to }, latestMs, nowMs, defaultSpanMs(usualMs));
  if (!period.ok) return badRequest(`${period.error}.`);
  return ok({
    ...place.value,
    period: asked.from === null ? sinceData(period.value, firstMs) : period.value,
  });
}

/** No such feature was measured or trained on. */
export function noFeature({ model, feature }: Pick<FeatureAsked, 'model' | 'feature'>) {
  return notFound(`Nothing is known of a feature ${feature} of the model ${model}.`);
}

/** As answers say the period and the size. */
export function answeredPlace({ watched, period }: FeaturePlace & { readonly period: Period }) {
  const { size, latestMs } = watched;
  const iso = (ms: number): string => new Date(ms).toISOString();
  return {
    period: { from: iso(period.fromMs), to: iso(period.toMs), latest: iso(latestMs) },
    size_ms: size > 0 ? size : null,
    size_rows: size > 0 ? null : -size,
  };
}

export const MOST_COLUMNS = 400;

/** How wide a column of time is, so that there are no more than `most`: whole windows where these have a length. */
export function columnMs({ fromMs, toMs }: Period, size: number, most: number): number {
  // One more than that many begin in a period that does not begin with a window.
  const least = (toMs - fromMs) / Math.max(1, most - 1);
  return size > 0 ? Math.max(1, Math.ceil(least / size)) * size : least;
}
