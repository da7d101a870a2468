import type { Pool, Tx } from '../../../store/connection/pool.ts';
import {
  loadDayProfiles,
  lockDayProfiles,
  renameDaySegment,
  replaceDayProfile,
  type StoredDayProfile,
} from '../../../store/history/day-profiles.ts';
import { rewrittenPart } from './forgotten-parts.ts';
import type { ForgottenInWindows } from './forgotten-windows.ts';
import type { Forgetting } from './forgetting.ts';
import { ReferencesWithout } from './references-without.ts';

/** Others who add to days wait for so many. */
const DAYS_AT_ONCE = 20;

/** Goes through the days and weeks of a model, some at a time. @returns how many said something of it */
export async function forgetInDays(
  pool: Pool,
  { model, words, inStep, onProgress }: Forgetting,
  found: Pick<ForgottenInWindows, 'unreadable'>,
): Promise<number> {
  const references = new ReferencesWithout(pool, words.name);
  const rewrite = async (tx: Tx, day: StoredDayProfile): Promise<boolean> => {
    const segment = words.segment(day.segment);
    if (segment !== null) await renameDaySegment(tx, day.id, segment);
    if (day.kind === 'label') return segment !== null;
    const part = { kind: day.kind, segment: day.segment, delta: day.profile };
    const bytes = rewrittenPart(part, await references.of(day.baselineId), model.task, words);
    if (!bytes.ok) found.unreadable += 1;
    const kept = bytes.ok ? bytes.value : null;
    if (kept !== null) await replaceDayProfile(tx, day.id, kept);
    return kept !== null || segment !== null;
  };
  let changed = 0;
  for (let after = 0, seen = 0; ;) {
    const page = await inStep(pool, async (tx) => {
      await lockDayProfiles(tx);
      const days = await loadDayProfiles(tx, [model.id], after, DAYS_AT_ONCE);
      let ofPage = 0;
      for (const day of days) if (await rewrite(tx, day)) ofPage += 1;
      return { last: days.at(-1)?.id, seen: days.length, changed: ofPage };
    });
    if (page.last === undefined) return changed;
    after = page.last;
    seen += page.seen;
    changed += page.changed;
    onProgress(`${seen.toLocaleString('en')} counts of days`);
  }
}
