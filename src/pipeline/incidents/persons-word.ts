import type { AlertCause } from '../../core/alerts/alert.ts';
import { isClosedByHand } from '../../decide/close-by-hand.ts';
import type { DecidedWindow } from '../../decide/decided-window.ts';
import { expectedBy } from '../../decide/expected-change.ts';
import { loadExpected, noteExpected } from '../../store/alerts/annotations.ts';
import { loadClosedSince } from '../../store/alerts/closed-incidents.ts';
import type { Tx } from '../../store/connection/pool.ts';
import type { SeriesContext } from '../messages/describe-window.ts';
import type { SeenTogether } from '../messages/seen-together.ts';
import { changeOfWindow } from './change-of-window.ts';

/**
 * The window as people have it who said something of what it shows: a change that was expected counts like none, and one that was known
 * when somebody closed its incident counts neither way. Asks nothing of windows that show nothing.
 */
export async function heedPersons(
  tx: Tx,
  { key, nowMs }: SeriesContext,
  cause: AlertCause,
  seen: Pick<SeenTogether, 'window' | 'joined'>,
  read: DecidedWindow,
): Promise<DecidedWindow> {
  if (read.counts !== 'shifted') return read;
  const { windowId, startMs, endMs } = seen.window;
  const annotations = await loadExpected(tx, key.modelVersionId, cause, nowMs);
  if (annotations.length > 0) {
    const change = await changeOfWindow(tx, key, cause, seen, read);
    const by = expectedBy(change, { cause, segment: key.segment, startMs }, annotations);
    if (by !== null) {
      if (cause === 'shift') await noteExpected(tx, key, windowId, by.id);
      const { id: annotationId, author, comment } = by;
      return { ...read, counts: 'clean', expected: { annotationId, author, comment } };
    }
  }
  const closed = await loadClosedSince(tx, key, cause, endMs);
  return isClosedByHand(read, endMs, closed) ? { ...read, counts: 'closed_by_hand' } : read;
}
