import { byteSizeText } from '../../config/byte-size.ts';
import { windowSizeText } from '../../config/duration.ts';
import type {
  ComparedVersion,
  VersionComparison,
  VersionFigure,
  VersionMetric,
} from '../../core/version-comparison.ts';
import { VERSION_METRICS } from '../../core/version-comparison.ts';
import { utcMinute } from '../../words/page-format.ts';
import { oneLine, textTable } from '../terminal/text-table.ts';

/** What `shiftwatch versions` prints: a row for each metric, a column for each version, and what to make of it. */
export function versionsReport(comparison: VersionComparison): string {
  const { model, versions, base } = comparison;
  if (versions.length === 0) {
    return `No version of ${oneLine(model)} has an evaluated window in this stretch of time.\n`;
  }
  const said = VERSION_METRICS.filter((metric) =>
    versions.some(({ metrics }) => metrics[metric] !== undefined),
  );
  const headings = ['', ...versions.map(({ version }) => (version === base ? `${version} (base)` : version))];
  const rows = [
    ['predictions', ...versions.map(({ rows: n }) => n.toLocaleString('en'))],
    ['with matured labels', ...versions.map(({ labelled }) => labelled.toLocaleString('en'))],
    ...said.map((metric) => [NAMES[metric], ...versions.map((version) => cell(version, metric))]),
  ];
  return [heading(comparison), textTable(headings, rows), conclusions(comparison)].join('\n');
}

const NAMES: Readonly<Record<VersionMetric, string>> = {
  accuracy: 'accuracy',
  rmse: 'RMSE',
  fairness_difference: 'largest group difference',
  latency_p50_ms: 'latency p50, ms',
  latency_p95_ms: 'latency p95, ms',
  latency_p99_ms: 'latency p99, ms',
  latency_mean_ms: 'latency mean, ms',
  throughput_per_s: 'predictions a second',
  cost_per_prediction: 'cost of a prediction',
  energy_per_prediction_j: 'energy of a prediction, J',
  error_rate: 'failed',
  size_bytes: 'size',
};

function heading({ model, from, to, versions, ...size }: VersionComparison): string {
  const range = from === null || to === null ? '' : `, ${utcMinute(from)} to ${utcMinute(to)} UTC`;
  const windows = versions.reduce((sum, each) => sum + each.windows, 0);
  return `${oneLine(model)}: ${windows} windows of ${windowSizeText(size)}${range}; 95 % intervals, p of no difference to the base\n`;
}

function cell({ metrics, differences }: ComparedVersion, metric: VersionMetric): string {
  const figure = metrics[metric];
  if (figure === undefined) return '-';
  const p = differences?.[metric]?.p_value ?? null;
  return `${valueText(figure, metric)}${p === null ? '' : ` p ${p < 0.0001 ? '<0.0001' : p.toPrecision(2)}`}`;
}

function valueText({ value, interval }: VersionFigure, metric: VersionMetric): string {
  if (metric === 'size_bytes') return byteSizeText(value);
  const text = shown(value);
  return interval === null ? text : `${text} [${shown(interval[0])}, ${shown(interval[1])}]`;
}

/** Four digits, as a plain number. */
function shown(value: number): string {
  return String(Number(value.toPrecision(4)));
}

function conclusions({ versions, best, as_good: asGood, optimizing }: VersionComparison): string {
  const lines = versions.flatMap(({ version, violated, dominated_by: by }) => {
    const name = oneLine(version);
    return [
      ...violated.map(
        ({ metric, threshold, value }) =>
          `${name} is beyond its limit: ${NAMES[metric]} ${limitText(metric, value)}, allowed ${limitText(metric, threshold)}`,
      ),
      ...(by.length === 0 ? [] : [`${name} is dominated by ${by.map(oneLine).join(', ')}`]),
    ];
  });
  if (best !== null) {
    const others = asGood.length === 0 ? '' : `; not significantly worse: ${asGood.map(oneLine).join(', ')}`;
    lines.push(`Within the limits, best by ${NAMES[optimizing]}: ${oneLine(best)}${others}`);
  }
  return lines.map((line) => `${line}\n`).join('');
}

function limitText(metric: VersionMetric, value: number): string {
  return metric === 'size_bytes' ? byteSizeText(value) : shown(value);
}
