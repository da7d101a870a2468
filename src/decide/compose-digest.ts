import { CONSEQUENCES, type Consequence } from '../core/alerts/consequence.ts';
import type { DigestEntry, DigestGroup, DigestLine } from '../core/alerts/digest.ts';

/** What a person reads in the morning; the dashboard has the rest. */
export const MAX_DIGEST_LINES = 30;

export interface ComposedDigest {
  readonly notifications: number;
  readonly incidents: number;
  readonly groups: readonly DigestGroup[];
  readonly moreIncidents: number;
}

/**
 * Entries as a person wants to read them: one line an incident, by model and version, what is open before what is over,
 * the gravest consequence first.
 *
 * @param entries in the order in which they were decided
 * @param pagedFor incidents that have begun to page since
 */
export function composeDigest(
  entries: readonly DigestEntry[],
  pagedFor: ReadonlyMap<string, Consequence> = new Map(),
): ComposedDigest {
  const lines = [...Map.groupBy(entries, ({ incidentId }) => incidentId).values()]
    .map((of) => ({ line: lineOf(of, pagedFor), group: groupName(of) }))
    .sort((a, b) => compareLines(a.line, b.line));
  const shown = lines.slice(0, MAX_DIGEST_LINES);
  const groups = Map.groupBy(shown, ({ group }) => JSON.stringify(group));
  return {
    notifications: entries.length,
    incidents: lines.length,
    // A group stands where its gravest line stands.
    groups: [...groups.values()].map((of) => ({
      model: of[0]?.group.model ?? '',
      modelVersion: of[0]?.group.modelVersion ?? '',
      lines: of.map(({ line }) => line),
    })),
    moreIncidents: lines.length - shown.length,
  };
}

function groupName(entries: readonly DigestEntry[]): { model: string; modelVersion: string } {
  const { model, modelVersion } = newestOf(entries);
  return { model, modelVersion };
}

function lineOf(entries: readonly DigestEntry[], pagedFor: ReadonlyMap<string, Consequence>): DigestLine {
  const newest = newestOf(entries);
  // At its end an incident shows nothing any more: what it was, its earlier entries know.
  const telling = entries.findLast(({ kind }) => kind === 'firing' || kind === 'reminder') ?? newest;
  const { incidentId, segment, series, cause, sinceMs, kind } = newest;
  const said = kind === 'corrected' ? newest : telling;
  const over = entries.findLast((each) => each.over !== undefined)?.over;
  return {
    incidentId,
    segment,
    series,
    cause,
    subjects: telling.subjects,
    standing:
      kind === 'resolved' || kind === 'corrected'
        ? kind
        : entries.some((each) => each.kind === 'firing')
          ? 'new'
          : 'open',
    consequence: gravest(entries.map(({ consequence }) => consequence)),
    verdict: kind === 'resolved' ? newest.firedVerdict : telling.verdict,
    types: telling.types,
    advice: kind === 'resolved' ? 'none' : newest.advice,
    summary: said.summary,
    sinceMs,
    untilMs: kind === 'resolved' ? newest.windowEndMs : null,
    judgedSinceMs: said.windowStartMs,
    judgedUntilMs: said.windowEndMs,
    ...(newest.silent !== undefined && { silent: newest.silent }),
    ...(said.later !== undefined && kind !== 'resolved' && { later: said.later }),
    ...(over !== undefined && kind !== 'resolved' && { over }),
    pagedFor: pagedFor.get(incidentId) ?? null,
    notifications: entries.length,
  };
}

function newestOf(entries: readonly DigestEntry[]): DigestEntry {
  const newest = entries.at(-1);
  if (newest === undefined) throw new Error('an incident without entries');
  return newest;
}

function gravest(consequences: readonly (Consequence | null)[]): Consequence | null {
  return CONSEQUENCES.find((each) => consequences.includes(each)) ?? null;
}

function compareLines(a: DigestLine, b: DigestLine): number {
  return (
    Number(a.untilMs !== null) - Number(b.untilMs !== null) ||
    rank(a.consequence) - rank(b.consequence) ||
    // The whole model before its parts.
    Number(a.segment !== '') - Number(b.segment !== '') ||
    a.sinceMs - b.sinceMs ||
    Number(a.incidentId) - Number(b.incidentId)
  );
}

function rank(consequence: Consequence | null): number {
  return consequence === null ? CONSEQUENCES.length : CONSEQUENCES.indexOf(consequence);
}
