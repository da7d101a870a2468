import { CYCLE_WORDS } from '../../core/columns/cycle-figures.ts';
import type { Evidence, Maturity, Performance, PerformanceMetric } from '../../core/findings.ts';
import type { IncidentNews } from '../../core/jobs.ts';
import { FIRST_METRICS } from '../../core/metric-direction.ts';
import { displayText } from '../../words/display-text.ts';
import { figureBlocks, isProvisional } from '../../words/figure-lines.ts';
import { formatCount, formatNumber, formatP, formatShare } from '../../words/format.ts';
import { statisticWords } from '../../words/words.ts';
import type { MessageContent, PerformanceLine } from './content.ts';

const MAX_METRICS = 6;
const MAX_EVIDENCE = 5;

/** The figures behind what is said. */
export function performanceContent({
  performance,
  operational,
  judged,
}: Pick<IncidentNews, 'performance' | 'operational' | 'judged'>): Pick<
  MessageContent,
  'performance' | 'performanceNote' | 'figures'
> {
  return {
    performance: performanceLines(performance),
    performanceNote: performanceNote(performance, judgedRows(judged)),
    figures: figureBlocks(performance, operational),
  };
}

function performanceLines(performance: Performance | null): PerformanceLine[] {
  if (performance === null) return [];
  return Object.entries(performance.metrics)
    .filter(([, metric]) => metric.current !== null)
    .sort(([one], [other]) => placeOf(one) - placeOf(other))
    .slice(0, MAX_METRICS)
    .map(([name, metric]) => performanceLine(name, metric));
}

/** The database keeps metrics in no order. */
function placeOf(metric: string): number {
  const place = FIRST_METRICS.indexOf(metric);
  return place === -1 ? FIRST_METRICS.length : place;
}

function performanceLine(name: string, { reference, current, interval, p_value }: PerformanceMetric) {
  const now = current === null ? '–' : formatNumber(current);
  const notes: string[] = [];
  if (interval !== null) notes.push(`interval ${formatNumber(interval[0])} to ${formatNumber(interval[1])}`);
  if (p_value !== null) notes.push(formatP(p_value));
  return {
    metric: displayText(name.replaceAll('_', ' '), 40),
    change: reference === null ? now : `${formatNumber(reference)} → ${now}`,
    note: notes.join(', '),
  };
}

/** `this window`, or `these 3 windows` where the verdict is on several. */
export function judgedRows(judged: IncidentNews['judged']): string {
  return judged === undefined ? 'this window' : `these ${formatCount(judged.windows)} windows`;
}

function performanceNote(performance: Performance | null, rows: string): string {
  if (performance === null) return '';
  const { current, share } = performance.labelled;
  const hours = performance.cycle === undefined ? '' : ` at ${CYCLE_WORDS[performance.cycle.by]}`;
  const labels = `Training${hours} → ${rows}, from ${formatCount(current)} labels (${formatShare(share)} of the predictions${expectedNote(performance.maturity)})`;
  const state = isProvisional(performance)
    ? `Provisional: more labels are expected. ${labels}.`
    : `${labels}.`;
  return `${state}${biasNote(performance.maturity)}`;
}

function expectedNote(maturity: Maturity | undefined): string {
  if (maturity === undefined || maturity.expected_share === null || maturity.expected_labels === 0) return '';
  const expected = formatShare(maturity.expected_share);
  const said = `, ${expected} expected in the end`;
  const interval = maturity.expected_interval;
  if (interval === null) return said;
  const [low, high] = [formatShare(interval[0]), formatShare(interval[1])];
  if (low === high) return said;
  return high === expected ? `${said}, ${low} at the least` : `${said}, between ${low} and ${high}`;
}

/** Figures on those who have a label are no figures on all when the two differ. */
function biasNote(maturity: Maturity | undefined): string {
  const bias = maturity?.arrival_bias;
  if (bias === undefined || !bias.biased || bias.feature === null) return '';
  const distance = bias.distance === null ? '' : ` (distance ${formatNumber(bias.distance)})`;
  return ` Labelled rows differ from the others in ${displayText(bias.feature, 60)}${distance}: the figures are about them, not about all.`;
}

export function evidenceLines(evidence: readonly Evidence[]): string[] {
  return evidence.slice(0, MAX_EVIDENCE).map(({ claim, statistic, value, p_value }) => {
    const figures: string[] = [];
    const words = displayText(statisticWords(statistic), 40);
    const text = displayText(claim, 300);
    // Of a figure that is the claim itself nobody has to read twice.
    if (value !== null && !text.startsWith(`${words} `)) figures.push(`${words} ${formatNumber(value)}`);
    if (p_value !== null) figures.push(formatP(p_value));
    return figures.length === 0 ? text : `${text} (${figures.join(', ')})`;
  });
}
