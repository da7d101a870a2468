import type { FigureTimeline } from '../../core/jobs.ts';
import { displayText } from '../../words/display-text.ts';
import { formatNumber, formatShare, formatShortTime } from '../../words/format.ts';
import { silentStarts } from '../../words/silent-line.ts';
import type { TimelineChart } from './chart.ts';

/** The incident's leading figure over the last windows, with what it is held against; null where nothing is drawn. */
export function timelineChart(
  timeline: FigureTimeline | null | undefined,
  sinceMs: number,
  timeZone: string,
): TimelineChart | null {
  if (timeline === null || timeline === undefined) return null;
  const { points, reference, limit, measure } = timeline;
  const known = points.flatMap(({ value }) => (value === null ? [] : [value]));
  if (known.length < 2) return null;
  const title = titleOf(timeline);
  const isShare = measure === 'missing';
  const written = isShare ? formatShare : formatNumber;
  const lines = [
    ...(limit === null ? [] : [{ name: `limit ${written(limit)}`, value: limit, style: 'limit' as const }]),
    ...(reference === null
      ? []
      : [{ name: `training ${written(reference)}`, value: reference, style: 'reference' as const }]),
  ];
  const beganAt = points.findIndex(({ startMs }) => startMs >= sinceMs);
  const [first, last] = [known[0] ?? 0, known.at(-1) ?? 0];
  const held = lines.length === 0 ? '' : ` (${lines.map(({ name }) => name).join(', ')})`;
  return {
    kind: 'timeline',
    title,
    points: points.map(({ startMs, value }) => ({ label: formatShortTime(startMs, timeZone), value })),
    lines,
    // A first window that lies before all that is shown is not where it began.
    beganAt: beganAt > 0 || points[0]?.startMs === sinceMs ? beganAt : null,
    percent: isShare,
    alt: `${title}, each of the last ${points.length} windows by itself${gapsIn(points, timeZone)}: ${written(first)} → ${written(last)}${held}.`,
  };
}

/** Silence is news by itself; other windows may be too small for a figure, or have no labels. */
function gapsIn(points: FigureTimeline['points'], timeZone: string): string {
  const silent = points.flatMap(({ startMs, isSilent }) => (isSilent === true ? [startMs] : []));
  const others = points.filter(({ value, isSilent }) => value === null && isSilent !== true).length;
  const gaps = [
    ...(silent.length === 0 ? [] : [silentStarts(silent, timeZone)]),
    ...(others === 0 ? [] : [`${others} without a figure`]),
  ];
  return gaps.length === 0 ? '' : ` (${gaps.join(', ')})`;
}

function titleOf({ name, measure }: FigureTimeline): string {
  const shown = displayText(name, 40);
  if (measure === 'psi') return `PSI of ${shown}`;
  return measure === 'missing' ? `Missing share of ${shown}` : shown.replaceAll('_', ' ');
}
