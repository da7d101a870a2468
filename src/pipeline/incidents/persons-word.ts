import type { AlertCause, AlertState } from '../../core/alerts/alert.ts';
import { isClosedByHand } from '../../decide/close-by-hand.ts';
import type { DecidedWindow, ExpectedBy } from '../../decide/decided-window.ts';
import { expectedBy } from '../../decide/expected-change.ts';
import { loadExpected, noteExpected, takeBackExpected } from '../../store/alerts/annotations.ts';
import { loadClosedSince } from '../../store/alerts/closed-incidents.ts';
import type { Tx } from '../../store/connection/pool.ts';
import type { SeriesContext } from '../messages/describe-window.ts';
import type { SeenTogether } from '../messages/seen-together.ts';
import { changeOfWindow } from './change-of-window.ts';
import { isRestOver, readWindow } from './window-facts.ts';

/**
 * The window as people have it who said something of what it shows: a change that was expected is none, and one that was known
 * when somebody closed its incident counts neither way. Asks nothing of windows that show nothing.
 *
 * @param open the incident that the window may be of; of what else it is about, an expected change says nothing
 */
export async function heedPersons(
  tx: Tx,
  context: SeriesContext,
  cause: AlertCause,
  seen: SeenTogether,
  read: DecidedWindow,
  open: AlertState | null,
): Promise<DecidedWindow> {
  if (read.types.length === 0) return read;
  const { key } = context;
  const expected = await expectedOf(tx, context, cause, seen, read);
  if (expected === null) {
    if (read.counts !== 'shifted') return read;
    const { endMs } = seen.window;
    const closed = await loadClosedSince(tx, key, cause, endMs);
    return isClosedByHand(read, endMs, closed) ? { ...read, counts: 'closed_by_hand' } : read;
  }
  if (cause === 'shift') await noteExpected(tx, key, seen.window.windowId, expected.annotationId);
  if (read.counts !== 'shifted') return { ...read, expected };
  const isOver = open === null || (await isRestOver(tx, context, seen.window, read, open));
  return { ...read, counts: isOver ? 'clean' : 'expected', expected };
}

/** A window that was called expected was judged again, and may show something else now. */
export async function heedAgain(tx: Tx, context: SeriesContext, seen: SeenTogether): Promise<void> {
  const { key } = context;
  if (!(await takeBackExpected(tx, key, seen.window.windowId))) return;
  const told = { ...seen.window, together: seen.together, seenIn: seen.joined };
  const read = await readWindow(tx, context, told, 'shift', null);
  if (read.types.length === 0) return;
  const expected = await expectedOf(tx, context, 'shift', seen, read);
  if (expected !== null) await noteExpected(tx, key, seen.window.windowId, expected.annotationId);
}

async function expectedOf(
  tx: Tx,
  { key, nowMs }: SeriesContext,
  cause: AlertCause,
  seen: SeenTogether,
  read: DecidedWindow,
): Promise<ExpectedBy | null> {
  const annotations = await loadExpected(tx, key.modelVersionId, cause, nowMs);
  if (annotations.length === 0) return null;
  const change = await changeOfWindow(tx, key, cause, seen, read);
  const { startMs } = seen.window;
  const by = expectedBy(change, { cause, segment: key.segment, startMs }, annotations);
  return by === null ? null : { annotationId: by.id, author: by.author, comment: by.comment };
}
