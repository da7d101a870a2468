import { utcMinute, words } from '../../words/page-format.ts';
import { amount, elapsedText } from '../../words/quantities.ts';
import type { RetrainDetail, RetrainReach } from '../../store/rows/retrains.ts';
import { oneLine, textTable } from '../terminal/text-table.ts';

/** What `shiftwatch retrain show` prints. */
export function retrainReport(run: RetrainDetail): string {
  return [head(run), curve(run), targets(run), newVersion(run), outcome(run), incidents(run)]
    .filter((part) => part !== '')
    .join('\n');
}

function head(run: RetrainDetail): string {
  const lines = [
    `${oneLine(run.model)} ${oneLine(run.version)}: ${run.state}, asked for ${utcMinute(run.requested_at)} UTC through ${oneLine(run.webhook)}`,
    `because of ${run.trigger}: ${words(run.reason)}`,
  ];
  if (run.heard_at !== null) lines.push(`last heard of ${utcMinute(run.heard_at)} UTC`);
  if (run.external_id !== null) lines.push(`the pipeline calls it ${oneLine(run.external_id)}`);
  if (run.detail !== null) lines.push(oneLine(run.detail));
  return `${lines.join('\n')}\n`;
}

/** Lines of a curve that a terminal shows; the rest is in --json. */
const SHOWN_POINTS = 12;

function curve({ progress: { points } }: RetrainDetail): string {
  if (points.length === 0) return '';
  const step = Math.max(1, Math.ceil(points.length / SHOWN_POINTS));
  const shown = points.filter((_, at) => at % step === 0 || at === points.length - 1);
  const rows = shown.map((point) => [
    point.metric,
    amount(point.value),
    elapsedText(point.elapsed_s),
    point.energy_j === null ? '-' : `${amount(point.energy_j)} J`,
    point.cost === null ? '-' : amount(point.cost),
  ]);
  const more =
    shown.length === points.length ? '' : `${points.length} points, of which ${shown.length} are shown\n`;
  return textTable(['metric', 'value', 'after', 'energy', 'cost'], rows) + more;
}

function targets({ progress: { target, reached, earlier } }: RetrainDetail): string {
  if (target === null) return '';
  const of = target.source === 'config' ? 'as configured' : 'what the old version reached in training';
  const rows = [
    ['this run', ...reachCells(reached)],
    ...earlier.map((run) => [
      `${utcMinute(run.requested_at)} (version ${run.version})`,
      ...reachCells(run.reached),
    ]),
  ];
  const sign = target.better === 'lower' ? 'at most' : 'at least';
  return `${oneLine(target.metric)} ${sign} ${amount(target.value)} (${of}):\n${textTable(['', 'time', 'energy', 'cost'], rows)}`;
}

function reachCells(reached: RetrainReach | null): string[] {
  if (reached === null) return ['not reached', '-', '-'];
  return [
    elapsedText(reached.elapsed_s),
    reached.energy_j === null ? '-' : `${amount(reached.energy_j)} J`,
    reached.cost === null ? '-' : amount(reached.cost),
  ];
}

function newVersion({ new_version: version, new_baseline: baseline }: RetrainDetail): string {
  if (version === null) return '';
  const name = `new version: ${oneLine(version)}\n`;
  return baseline === null || baseline.command === null
    ? name
    : `${name}It has no baseline yet. Make one from its training data:\n  ${baseline.command}\n`;
}

function outcome({ outcome: found, outcome_details: details }: RetrainDetail): string {
  if (found === null || details === null) return '';
  const rows = details.evidence.map(({ claim, statistic, value, p_value }) => [
    claim,
    statistic,
    value === null ? '-' : amount(value),
    p_value === null ? '' : `p ${p_value < 0.0001 ? '<0.0001' : p_value.toPrecision(2)}`,
  ]);
  return `${words(found)}: ${oneLine(details.summary)}\n${rows.length === 0 ? '' : textTable(['', '', '', ''], rows).replace(/^\n/, '')}`;
}

function incidents({ incidents: all }: RetrainDetail): string {
  return all
    .map(({ kind, reason, opened_at, resolved_at, resolution }) => {
      const end =
        resolved_at === null || resolution === null
          ? 'still open'
          : `over since ${utcMinute(resolved_at)} UTC: ${words(resolution)}`;
      return `${kind} since ${utcMinute(opened_at)} UTC, ${end}. ${oneLine(reason)}\n`;
    })
    .join('');
}
