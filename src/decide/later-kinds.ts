import type { AlertKind, Incident } from '../core/alerts/alert.ts';

/**
 * Kinds that labels of later windows added to an incident, and since which window: the inputs moved on the 1st, and the relation on the
 * 9th. Null where it began with all that it is, or where nobody can say so: it was told as several kinds at once, or all of its windows
 * together show what those of its labels do.
 *
 * @param judgedSinceMs start of the first of the windows whose labels together show it, where nothing began with the last of them only;
 *   null: a window's own do
 */
export function laterKinds(
  { alert: { sinceMs, firedVerdict }, views }: Pick<Incident, 'alert' | 'views'>,
  judgedSinceMs: number | null,
): { readonly types: readonly AlertKind[]; readonly sinceMs: number } | null {
  const view = views.get('matured');
  if (view === undefined || view.state === 'resolved' || view.sinceMs <= sinceMs) return null;
  if (firedVerdict === 'mixed' || (judgedSinceMs !== null && judgedSinceMs <= sinceMs)) return null;
  const types = view.types.filter((type) => type !== firedVerdict);
  return types.length === 0 ? null : { types, sinceMs: view.sinceMs };
}
