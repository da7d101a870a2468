/** A comparison for people: one line a feature, then the model, then what it means. The words of text and Markdown. */
import { CYCLE_WORDS, judgedPsi } from '../../core/columns/cycle-figures.ts';
import type {
  Comparison,
  Diagnosis,
  Evidence,
  FeatureComparison,
  Performance,
  PerformanceMetric,
} from '../../core/findings.ts';
import type { Severity } from '../../core/alerts/severity.ts';
import { SET_ASIDE } from '../../core/columns/feature-settings.ts';
import type { Operational } from '../../core/operational.ts';
import { cellTable } from '../terminal/cell-table.ts';
import type { TableCell } from '../terminal/cell-table.ts';
import { operationalFigures } from '../../words/operational-figures.ts';
import type { Paint } from '../terminal/paint.ts';
import { oneLine } from '../terminal/text-table.ts';

/** Rows under headings; without rows there is nothing to show. */
export interface ReportTable {
  readonly headings: readonly string[];
  readonly lines: readonly (readonly TableCell[])[];
}

/** A sentence, or a table. */
export type ReportPart = string | ReportTable;

export function comparisonReport(comparison: Comparison, paint: Paint): string {
  const { diagnosis, performance } = comparison;
  const parts: ReportPart[][] = [
    [rowsLine(comparison)],
    [featureTable(comparison, paint)],
    [presetLine(comparison)],
    [...performanceParts(performance), ...besidePerformance(performance)],
    [operationTable(comparison.operational)],
    [multivariateLine(comparison)],
  ];
  const texts = parts.map((part) => part.map(partText).join('')).filter((text) => text !== '');
  return [...texts, verdict(diagnosis, paint)].join('\n');
}

function partText(part: ReportPart): string {
  if (typeof part !== 'string') return part.lines.length === 0 ? '' : cellTable(part.headings, part.lines);
  return part === '' ? '' : `${part}\n`;
}

export function rowsLine({ reference, current }: Comparison): string {
  return `${count(reference.rows)} reference rows, ${count(current.rows)} current rows`;
}

const HEADINGS = ['FEATURE', 'KIND', 'STATUS', 'PSI', 'TEST', 'MISSING', 'P', 'Q', 'SEVERITY'];

/** All columns, or those that are `shown`. */
export function featureTable(
  { features, prediction, score, label, preset }: Comparison,
  paint: Paint,
  shown: (feature: FeatureComparison) => boolean = () => true,
): ReportTable {
  const outputs: [string, FeatureComparison | null][] = [
    ['(prediction)', prediction],
    ['(score)', score],
    ['(label)', label],
  ];
  const lines = [
    ...features.filter(shown).map((feature) => featureLine(oneLine(feature.name), feature, paint)),
    ...outputs.flatMap(([name, feature]) =>
      feature !== null && shown(feature) ? [featureLine(name, feature, paint)] : [],
    ),
  ];
  return { headings: preset === undefined ? HEADINGS : [...HEADINGS, preset.name.toUpperCase()], lines };
}

function featureLine(name: string, feature: FeatureComparison, paint: Paint): TableCell[] {
  const { kind, status, missing, p_value, q_value, severity } = feature;
  const words =
    status === 'fault'
      ? `fault: ${feature.faults.join(', ')}`
      : `${status}${asideText(feature)}${cycleText(feature)}`;
  return [
    name,
    kind,
    { text: words, shown: paint(statusStyle(feature), words) },
    judgedPsi(feature)?.toFixed(3) ?? '–',
    testText(feature),
    shareChange(missing.reference, missing.current),
    probability(p_value),
    probability(q_value),
    severityText(severity),
    presetText(feature),
  ];
}

/** What its PSI and p are of. */
function cycleText({ cycle }: FeatureComparison): string {
  return cycle === undefined ? '' : ` (beside ${CYCLE_WORDS[cycle.by]})`;
}

/** Of a column that is in no flag and no verdict: why. */
function asideText({ reason }: FeatureComparison): string {
  return (SET_ASIDE as readonly string[]).includes(reason) ? ` (${reason})` : '';
}

/** The other tool's figure, against its own threshold. */
function presetText({ preset }: FeatureComparison): string {
  if (preset === undefined) return '';
  const { method, value, threshold, drifted, note } = preset;
  if (value === null) return `${method} – ${oneLine(note ?? '')}`.trimEnd();
  const limit = threshold === null ? '' : ` (${compact(threshold)})`;
  return `${method} ${compact(value)}${limit}${drifted === true ? ' drifted' : ''}`;
}

export function presetLine({ preset }: Comparison): string {
  if (preset === undefined) return '';
  const { name, features, drifted_features, drifted_share, threshold, drifted } = preset;
  const rule =
    threshold === null || drifted === null
      ? 'it has no rule for the whole data set'
      : `${drifted ? 'drift' : 'no drift'} by its rule (${percent(threshold)} or more)`;
  return `${name}: ${drifted_features} of ${features} features drifted (${percent(drifted_share)}); ${rule}`;
}

export function multivariateLine({ multivariate = null }: Comparison): string {
  if (multivariate === null) return '';
  const { domain_classifier: classifier, pca_reconstruction: pca, mmd } = multivariate;
  const parts: string[] = [];
  if (classifier !== null) {
    const [low, high] = classifier.null_band;
    const [first] = classifier.contributions;
    const most = first === undefined ? '' : `, most by ${oneLine(first.feature)}`;
    parts.push(
      `a classifier tells the rows apart with AUC ${classifier.auc.toFixed(3)} (${low.toFixed(3)} to ${high.toFixed(3)} if nothing moved, p ${probability(classifier.p_value)}${most})`,
    );
  }
  if (pca !== null)
    parts.push(
      `PCA error ${compact(pca.reference)} → ${compact(pca.current)} (p ${probability(pca.p_value)})`,
    );
  if (mmd !== null) parts.push(`MMD² ${compact(mmd.statistic)} (p ${probability(mmd.p_value)})`);
  return parts.length === 0 ? '' : `All columns together: ${parts.join('; ')}`;
}

function statusStyle({ status, severity }: FeatureComparison): Parameters<Paint>[0] {
  if (status === 'fault') return 'red';
  if (status === 'drift') return severity === 'critical' ? 'red' : 'yellow';
  return status === 'ok' ? 'green' : 'dim';
}

/** The statistic people know for the kind. */
function testText({ metrics }: FeatureComparison): string {
  if (metrics.ks !== undefined) return `KS ${metrics.ks.statistic.toFixed(3)}`;
  if (metrics.chi_square !== undefined) return `χ² ${compact(metrics.chi_square.statistic)}`;
  return '–';
}

function severityText(severity: Severity): string {
  return severity === 'none' ? '' : severity;
}

/** How well it does, and how many labels say so. */
export function performanceParts(performance: Performance | null): ReportPart[] {
  if (performance === null) return [];
  const { labelled, metrics, cycle, holdout } = performance;
  const all =
    holdout === undefined ? labelled.current : holdout.labelled.holdout + holdout.labelled.influenced;
  const hours =
    cycle === undefined
      ? ''
      : `; the reference is ${count(cycle.labelled)} labels of ${CYCLE_WORDS[cycle.by]}`;
  return [
    {
      headings: ['PERFORMANCE', 'REFERENCE', 'CURRENT', 'INTERVAL', 'P'],
      lines: Object.entries(metrics).map(([name, metric]) => metricLine(name, metric)),
    },
    `${count(all)} of the current rows are labelled (${percent(labelled.share)})${hours}`,
    arrivalLine(performance),
  ];
}

/** What is said of performance without labels, and of parts of the rows. */
export function besidePerformance(performance: Performance | null): ReportPart[] {
  const { estimated, holdout, groups } = performance ?? {};
  return [
    ...(estimated === undefined ? [] : [estimatedTable(estimated)]),
    ...(holdout === undefined ? [] : holdoutParts(holdout)),
    ...(groups === undefined ? [] : [groupTable(groups)]),
  ];
}

function arrivalLine({ maturity }: Performance): string {
  const bias = maturity?.arrival_bias;
  if (bias === undefined || !bias.biased) return '';
  const distance = bias.distance === null ? '' : ` (distance ${compact(bias.distance)})`;
  return `labelled rows differ from the others in ${oneLine(bias.feature ?? '?')}${distance}: the figures are about them, not about all`;
}

export function operationTable(operational: Operational | undefined): ReportTable {
  const lines = (operational === undefined ? [] : operationalFigures(operational)).map(
    ([name, figure]): TableCell[] => [...metricLine(name, figure), figure.drifted ? 'drift' : ''],
  );
  return { headings: ['OPERATION', 'REFERENCE', 'CURRENT', 'INTERVAL', 'P', ''], lines };
}

/** What the figures are expected to be without looking at labels. */
function estimatedTable(estimated: NonNullable<Performance['estimated']>): ReportTable {
  const lines = Object.entries(estimated).map(
    ([name, { reference, value, interval, valid, reason }]): TableCell[] => [
      name,
      reference === null ? '–' : compact(reference),
      value === null ? '–' : compact(value),
      interval === null ? '–' : `${compact(interval[0])} to ${compact(interval[1])}`,
      `${valid ? '' : 'not valid: '}${words(reason)}`,
    ],
  );
  return { headings: ['ESTIMATED', 'REFERENCE', 'EXPECTED', 'INTERVAL', 'RESTS ON'], lines };
}

/** Where rows were held out the figures above are theirs. */
function holdoutParts({ labelled, metrics }: NonNullable<Performance['holdout']>): ReportPart[] {
  const figure = (value: number | null): string => (value === null ? '–' : compact(value));
  const lines = Object.entries(metrics).map(([name, metric]): TableCell[] => [
    name,
    figure(metric.holdout),
    figure(metric.influenced),
    range(metric.difference_interval),
    probability(metric.p_value),
  ]);
  const said = `${count(labelled.holdout)} labelled rows were held out; all figures of performance are theirs`;
  return [{ headings: ['HOLD-OUT', 'HELD OUT', 'INFLUENCED', 'DIFFERENCE', 'P'], lines }, said];
}

function groupTable(groups: NonNullable<Performance['groups']>): ReportTable {
  const lines = groups.flatMap(({ feature, group, rates }) =>
    Object.entries(rates).map(([rate, { value, others, difference_interval, p_value }]): TableCell[] => [
      oneLine(`${feature}=${group}`),
      words(rate),
      value === null ? '–' : percent(value),
      others === null ? '–' : percent(others),
      range(difference_interval),
      probability(p_value),
    ]),
  );
  return { headings: ['GROUP', 'RATE', 'VALUE', 'OTHERS', 'DIFFERENCE', 'P'], lines };
}

function range(interval: readonly [number, number] | null): string {
  return interval === null ? '–' : `${compact(interval[0])} to ${compact(interval[1])}`;
}

function metricLine(
  name: string,
  { reference, current, interval, p_value }: Omit<PerformanceMetric, 'reason'>,
): TableCell[] {
  const figure = (value: number | null): string => (value === null ? '–' : compact(value));
  const between = interval === null ? '–' : `${compact(interval[0])} to ${compact(interval[1])}`;
  return [name, figure(reference), figure(current), between, probability(p_value)];
}

function verdict(diagnosis: Diagnosis, paint: Paint): string {
  const { title, sure, summary, evidence, notTested, advice } = verdictWords(diagnosis);
  const lines = [
    `${paint('bold', title)}${sure}`,
    oneLine(summary),
    ...evidence.map((each) => `  - ${each}`),
    ...notTested,
    advice,
  ];
  return `${lines.join('\n')}\n`;
}

/** What it is, how sure that is, why, and what to do. */
export function verdictWords(diagnosis: Diagnosis) {
  const { verdict: kind, types, confidence, summary, advice, evidence, not_tested } = diagnosis;
  const kinds = types.length > 1 ? ` (${types.map(words).join(', ')})` : '';
  return {
    title: `Verdict: ${words(kind)}`,
    sure: `${kinds}${kind === 'undetermined' ? '' : `, confidence ${percent(confidence)}`}`,
    summary,
    evidence: evidence.map((each) => `${oneLine(each.claim)}${figures(each)}`),
    notTested: not_tested.length > 0 ? [`Not tested: ${not_tested.map(words).join(', ')}`] : [],
    advice: `Advice: ${words(advice)}`,
  };
}

function figures({ statistic, value, p_value }: Evidence): string {
  const figure = value === null ? [] : [`${words(statistic)} ${compact(value)}`];
  const p = p_value === null ? [] : [p_value < 1e-99 ? 'p < 1e-99' : `p ${probability(p_value)}`];
  return figure.length + p.length === 0 ? '' : ` (${[...figure, ...p].join(', ')})`;
}

const words = (name: string): string => name.replaceAll('_', ' ');
const count = (value: number): string => value.toLocaleString('en');

function percent(share: number): string {
  // Nearly all is not all, and nearly none is not none.
  if (share < 1 && share > 0.995) return '>99 %';
  if (share > 0 && share < 0.0005) return '<0.1 %';
  return `${(share * 100).toFixed(share > 0 && share < 0.1 ? 1 : 0)} %`;
}

function shareChange(reference: number, current: number): string {
  if (reference === 0 && current === 0) return '–';
  return `${percent(reference)} → ${percent(current)}`;
}

/** Three digits that say something, whatever the size. */
function compact(value: number): string {
  if (Number.isInteger(value) && Math.abs(value) < 1e6) return String(value);
  const size = Math.abs(value);
  return size >= 1e5 || size < 1e-3 ? value.toExponential(2) : String(Number(value.toPrecision(3)));
}

function probability(p: number | null): string {
  if (p === null) return '–';
  if (p < 1e-99) return '<1e-99';
  return p < 1e-3 ? p.toExponential(0) : p.toFixed(3);
}
