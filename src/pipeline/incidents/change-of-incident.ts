import type { ShownChange } from '../../core/alerts/change.ts';
import type { ModelSpec } from '../../core/model.ts';
import { joinedChange } from '../../decide/expected-change.ts';
import type { StoredAlert } from '../../store/alerts/alerts.ts';
import { loadShownWindows } from '../../store/alerts/closed-incidents.ts';
import type { Queryable } from '../../store/connection/pool.ts';
import { loadDecided, type JudgedWindow } from '../../store/evaluation/evaluations.ts';
import { type SeenTogether, seenTogether } from '../messages/seen-together.ts';
import { changeOfWindow } from './change-of-window.ts';
import { readWindow } from './window-facts.ts';

/** Of each side: enough that one of them which named something else does not speak for all. */
const MOST_WINDOWS = 5;

/**
 * What an incident shows: all that its newest windows do, each by itself and with those before it, since what comes is judged either way.
 * Null: none of them is kept.
 */
export async function changeOfIncident(
  db: Queryable,
  alert: StoredAlert,
  model: ModelSpec,
): Promise<ShownChange | null> {
  const changes: ShownChange[] = [];
  for (const { windowId, series } of await loadShownWindows(db, alert.id, MOST_WINDOWS)) {
    const key = { ...alert, series };
    const decided = await loadDecided(db, windowId, key);
    if (decided === null) continue;
    for (const seen of await bothWays(db, key, decided)) {
      const told = { ...seen.window, together: seen.together, seenIn: seen.joined };
      const read = await readWindow(db, { key, model }, told, alert.cause, null);
      if (read.counts === 'shifted') changes.push(await changeOfWindow(db, key, alert.cause, seen, read));
    }
  }
  return changes.length === 0 ? null : joinedChange(changes);
}

async function bothWays(
  db: Queryable,
  key: Pick<StoredAlert, 'series' | 'segment' | 'cause'>,
  decided: JudgedWindow,
): Promise<SeenTogether[]> {
  const alone = { window: decided, joined: null, together: null };
  if (key.cause !== 'shift') return [alone];
  const seen = await seenTogether(db, key, decided);
  return seen.joined === null ? [seen] : [seen, alone];
}
