import type { AlertCause } from '../core/alerts/alert.ts';
import type { ShownChange, ExpectedChange, Move } from '../core/alerts/change.ts';

/** Moves this far apart, as the cosine between them, still go the same way: up to 60 degrees. */
const SAME_WAY = 0.5;
/** A move shorter than that has no way that could be told from chance. */
const LEAST_WAY = 0.02;

/**
 * Which annotation explains what a window shows. All of it has to be expected: each kind, each feature that moved, the same way, and each
 * fault; by one annotation or by several together, of which the newest is answered. Null: something of it is news. O(annotations × moves).
 */
export function expectedBy(
  shown: ShownChange,
  window: { readonly cause: AlertCause; readonly segment: string; readonly startMs: number },
  annotations: readonly ExpectedChange[],
): ExpectedChange | null {
  if (shown.kinds.length === 0) return null;
  const inForce = annotations.filter((annotation) => isInForce(annotation, window));
  const isSaid = (says: (change: ShownChange) => boolean): boolean =>
    inForce.some(({ change }) => says(change));
  const isExpected =
    shown.kinds.every((kind) => isSaid(({ kinds }) => kinds.includes(kind))) &&
    shown.moves.every((move) => isSaid(({ moves }) => moves.some((each) => isSameMove(each, move)))) &&
    shown.faults.every(({ feature, fault }) =>
      isSaid(({ faults }) => faults.some((each) => each.feature === feature && each.fault === fault)),
    );
  const named = inForce.filter(({ change }) => shown.kinds.some((kind) => change.kinds.includes(kind)));
  return isExpected ? (named.at(-1) ?? null) : null;
}

/** What several windows show, as one change; of a move that several show, the sum of its ways. */
export function joinedChange(changes: readonly ShownChange[]): ShownChange {
  const moves = new Map<string, Move>();
  for (const move of changes.flatMap((change) => change.moves)) {
    const key = JSON.stringify([move.subject, move.name]);
    const known = moves.get(key);
    moves.set(key, known === undefined ? move : { ...known, way: summed(known.way, move.way) });
  }
  const faults = changes.flatMap((change) => change.faults);
  return {
    kinds: [...new Set(changes.flatMap(({ kinds }) => kinds))],
    moves: [...moves.values()],
    faults: [...new Map(faults.map((each) => [`${each.fault} ${each.feature}`, each])).values()],
  };
}

function isInForce(
  { cause, segment, fromMs, untilMs }: ExpectedChange,
  window: { readonly cause: AlertCause; readonly segment: string; readonly startMs: number },
): boolean {
  if (cause !== window.cause || (segment !== '' && segment !== window.segment)) return false;
  return window.startMs >= fromMs && (untilMs === null || window.startMs < untilMs);
}

function isSameMove(one: Move, other: Move): boolean {
  return one.subject === other.subject && one.name === other.name && isSameWay(one.way, other.way);
}

function isSameWay(one: Move['way'], other: Move['way']): boolean {
  const [length, otherLength] = [lengthOf(one), lengthOf(other)];
  if (length < LEAST_WAY || otherLength < LEAST_WAY) return true;
  const shared = Object.entries(one).reduce((sum, [part, by]) => sum + by * (other[part] ?? 0), 0);
  return shared / (length * otherLength) >= SAME_WAY;
}

function lengthOf(way: Move['way']): number {
  return Math.hypot(...Object.values(way));
}

function summed(one: Move['way'], other: Move['way']): Move['way'] {
  const parts = new Set([...Object.keys(one), ...Object.keys(other)]);
  return Object.fromEntries([...parts].map((part) => [part, (one[part] ?? 0) + (other[part] ?? 0)]));
}
