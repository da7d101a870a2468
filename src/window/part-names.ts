/** The part of all rows. */
export const WHOLE = '';

/**
 * Parts of a window are kept by name. Beside all rows (`WHOLE`) and segments (`<feature>=<value>`, a feature's name never
 * begins with a colon) there are parts that are no segments: nothing is judged or alerted for them by itself.
 */
const HOLDOUT = ':holdout:';
const GROUP = ':group:';

/** The labelled rows of all, or of a segment, on which nobody acted. */
export function holdoutName(segment: string): string {
  return HOLDOUT + segment;
}

/** The rows of a group that is to be treated fairly: `of` is `<feature>=<value>`. */
export function groupName(of: string): string {
  return GROUP + of;
}

/** `<feature>=<value>` of a group's part; null for any other. */
export function groupOf(name: string): string | null {
  return name.startsWith(GROUP) ? name.slice(GROUP.length) : null;
}

/** All rows or a segment: what is judged, and told of. */
export function isJudged(name: string): boolean {
  return name === WHOLE || !name.startsWith(':');
}

/** The parts whose labels a prediction counts in. */
export function labelParts(segments: readonly string[], holdout: boolean): string[] {
  const parts = [WHOLE, ...segments];
  return holdout ? [...parts, ...parts.filter(isJudged).map(holdoutName)] : parts;
}
