import type { Diagnosis } from '../../core/findings.ts';
import type { NotRecomputable } from '../../pipeline/recompute/recomputable.ts';
import type { Recomputation, Recomputed } from '../../pipeline/recompute/recompute.ts';
import type { WindowToRecompute } from '../../store/evaluation/recomputed-windows.ts';
import { plural } from '../../words/page-format.ts';
import { oneLine, textTable } from '../terminal/text-table.ts';

/** What was asked for. */
interface Asked {
  readonly model: string;
  readonly isDry: boolean;
}

/** Windows that say something else are listed up to this many; `--json` has all. */
const MOST_LISTED = 40;

const WHY: Readonly<Record<NotRecomputable, string>> = {
  open: 'they are judged when they close',
  counts_gone: 'counts are kept no longer (`retention.counts`)',
  rows_not_kept:
    'of another baseline, and not all of their rows are kept to be counted by the newest (`--keep-baseline` judges them by their own)',
  shares_counts:
    'of another baseline, and counted together with windows that are open, not within --from and --to, or of so many rows',
  features_apart:
    'of another baseline, and their features are logged apart from predictions (`--keep-baseline` judges them by their own)',
  no_baseline: 'the version has no baseline',
};

export function recomputeReport({ model, isDry }: Asked, done: Recomputation): string {
  if (done.windows === 0) return `No window of ${oneLine(model)} begins then.\n`;
  const { recomputed, left } = done;
  const changed = recomputed.filter(isChanged);
  const judged = new Set(recomputed.map(({ window }) => window.id)).size;
  const again = isDry ? 'can be judged again' : 'judged again';
  const lines = [
    `${plural(done.windows, 'window')}: ${judged} ${again}${left.length === 0 ? '' : `, ${left.length} cannot be`}.`,
  ];
  const recounted = new Set(recomputed.filter((each) => each.isRecounted).map(({ window }) => window.id))
    .size;
  if (recounted > 0)
    lines.push(`${recounted} ${isDry ? 'would be' : 'were'} counted again by the newest baseline first.`);
  for (const [why, windows] of Map.groupBy(left, (each) => each.why))
    lines.push(`${windows.length} ${why}: ${WHY[why]}.`);
  if (recomputed.some(({ after }) => after !== null))
    lines.push(
      changed.length === 0
        ? 'All say what they said before.'
        : `${plural(changed.length, 'verdict')} ${isDry ? 'would change' : 'changed'}:`,
    );
  const table =
    changed.length === 0
      ? ''
      : textTable(
          ['WINDOW (UTC)', 'LENGTH', 'VERSION', 'SERIES', 'BEFORE', 'NOW'],
          changed
            .slice(0, MOST_LISTED)
            .map((each) => [
              new Date(each.window.startMs).toISOString().slice(0, 16).replace('T', ' '),
              lengthOf(each.window),
              each.window.version,
              each.series,
              said(each.before),
              said(each.after),
            ]),
        );
  const rest =
    changed.length > MOST_LISTED ? [`… and ${changed.length - MOST_LISTED} more: --json has all.`] : [];
  return `${lines.join('\n')}\n${table}${[...rest, ...incidentLines(isDry, done)].map((line) => `${line}\n`).join('')}`;
}

function incidentLines(isDry: boolean, { corrected, opened }: Recomputation): string[] {
  if (isDry) return [];
  return [
    ...(corrected.length > 0 ? [`Closed as corrected: ${incidents(corrected)}.`] : []),
    ...(opened.length > 0 ? [`Opened: ${incidents(opened)}.`] : []),
  ];
}

function incidents(ids: readonly string[]): string {
  return `${ids.length === 1 ? 'incident' : 'incidents'} ${ids.join(', ')}`;
}

function said(diagnosis: Diagnosis | null): string {
  if (diagnosis === null) return '-';
  const kinds = diagnosis.types.length > 1 ? ` (${diagnosis.types.join(', ')})` : '';
  return `${diagnosis.verdict}${kinds}`;
}

function isChanged({ before, after }: Recomputed): boolean {
  return after !== null && said(before) !== said(after);
}

function lengthOf({ sizeMs, startMs, endMs }: WindowToRecompute): string {
  const minutes = Math.round((endMs - startMs) / 60_000);
  if (sizeMs < 0) return `${-sizeMs} rows`;
  if (minutes % 1_440 === 0) return `${minutes / 1_440}d`;
  return minutes % 60 === 0 ? `${minutes / 60}h` : `${minutes}m`;
}

export function recomputeJson(given: Asked, done: Recomputation): string {
  const window = ({ id, version, startMs, endMs, sizeMs }: WindowToRecompute) => ({
    window_id: String(id),
    version,
    start: new Date(startMs).toISOString(),
    end: new Date(endMs).toISOString(),
    ...(sizeMs < 0 ? { size_rows: -sizeMs } : { size_ms: sizeMs }),
  });
  const verdict = (diagnosis: Diagnosis | null) =>
    diagnosis === null
      ? null
      : { verdict: diagnosis.verdict, types: diagnosis.types, confidence: diagnosis.confidence };
  return `${JSON.stringify(
    {
      model: given.model,
      dry_run: given.isDry,
      windows: done.windows,
      recomputed: done.recomputed.map((each) => ({
        ...window(each.window),
        series: each.series,
        recounted: each.isRecounted,
        before: verdict(each.before),
        after: verdict(each.after),
        changed: isChanged(each),
      })),
      not_recomputed: done.left.map((each) => ({ ...window(each.window), reason: each.why })),
      incidents: { corrected: done.corrected, opened: done.opened },
    },
    null,
    2,
  )}\n`;
}
