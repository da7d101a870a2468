import { pathName } from '../../../core/ids/path-name.ts';
import type { FeatureComparison } from '../../../core/findings.ts';
import type { Breach, OperationalMetric } from '../../../core/operational.ts';
import type { FeatureTransformation } from '../../../store/rows/feature-screen.ts';
import type { Investigation } from '../../../store/rows/investigations.ts';
import type { MeasurementRow } from '../../../store/rows/windows.ts';
import { binName } from '../../../words/bin-name.ts';
import { capital, displayText } from '../../../words/display-text.ts';
import { formatNumber } from '../../../words/format.ts';
import { words } from '../../../words/page-format.ts';
import { featurePath } from '../../address/use-address.ts';
import { BeforeAfter } from '../../charts/before-after.tsx';
import { Distribution } from '../../charts/distribution.tsx';
import type { HistogramBin } from '../../charts/histogram.tsx';
import { apiUrl } from '../../data/fetch-json.ts';
import { useApi } from '../../data/use-api.ts';
import { Go } from '../../parts/link.tsx';
import { TransformationChart } from '../feature/cdf-chart.tsx';
import type { EvidenceGroup, SaidChange } from './group-evidence.ts';
import { incidentCommand } from './use-incident.ts';

interface PictureProps {
  readonly data: Investigation;
  readonly url: string;
}

/** What shows that a line is so; of several lines once. */
export function EvidencePicture({
  group,
  ...rest
}: PictureProps & { readonly group: Exclude<EvidenceGroup, { of: 'nothing' }> }) {
  if (group.of === 'feature') return <FeaturePicture feature={group.feature} {...rest} />;
  if (group.of === 'metric') return <MetricPicture metric={group.metric} {...rest} />;
  if (group.of === 'column') return <MeasuredPicture name={group.name} {...rest} />;
  if (group.of === 'change') return <ChangePicture change={group.change} {...rest} />;
  return <BreachPicture breach={group.breach} {...rest} />;
}

function FeaturePicture({ feature, data, url }: PictureProps & { feature: FeatureComparison }) {
  const { alert, verdict } = data;
  const { name, missing, kind } = feature;
  const shown = displayText(name, 60);
  const command = incidentCommand(alert.id);
  const bins = binsOf(feature);
  const isFault = verdict?.diagnosis.faults.some((each) => each.feature === name) === true;
  const lacks = Math.abs(missing.current - missing.reference);
  const strata = (verdict?.diagnosis.strata ?? []).filter((each) => each.feature === name);
  return (
    <div className="evidence-pictures">
      {isFault && kind === 'numeric' ? <Transformation feature={name} data={data} /> : null}
      {bins.length === 0 ? null : (
        <Distribution
          title={`Values of ${shown}`}
          note={
            <Go
              to={featurePath(alert.model, name)}
              with={{ window: verdict?.window_id ?? null, segment: alert.segment || null }}
            >
              All of this feature
            </Go>
          }
          url={url}
          command={command}
          bins={bins}
        />
      )}
      {lacks < LEAST_MISSING ? null : (
        <BeforeAfter
          title={`Missing values of ${shown}`}
          url={url}
          command={command}
          reference={missing.reference}
          current={missing.current}
          interval={null}
          numberText={tenths}
        />
      )}
      {strata.map(({ class: outcome, reference_rate: before, current_rate: now }, at) => (
        <BeforeAfter
          key={at}
          title={
            outcome === undefined
              ? `Outcome where ${shown} says so`
              : `Share of ${displayText(outcome, 40)} in these rows`
          }
          url={url}
          command={command}
          reference={before}
          referenceName="by the old relation"
          current={now}
          interval={null}
          numberText={tenths}
        />
      ))}
    </div>
  );
}

/** As lines of evidence have shares: whole per cents hide what moved. */
const tenths = (share: number): string => `${(share * 100).toFixed(1)} %`;

/** Fewer more or less are no news. */
const LEAST_MISSING = 0.01;

/** In shares; of the same hours where the column follows them. */
export function binsOf({
  counts,
}: Pick<FeatureComparison, 'counts'>): (HistogramBin & { readonly short?: string })[] {
  if (counts === undefined) return [];
  const reference = counts.usual ?? counts.reference;
  const sum = (values: readonly number[]): number => values.reduce((all, value) => all + value, 0) || 1;
  const [before, now] = [sum(reference), sum(counts.current)];
  return counts.bins.map((_, at) => ({
    label: binName(counts.bins, at),
    ...shortName(counts.bins, at),
    reference: (reference[at] ?? 0) / before,
    current: (counts.current[at] ?? 0) / now,
  }));
}

/** Of numbers one edge: the other is its neighbour's. */
function shortName(bins: NonNullable<FeatureComparison['counts']>['bins'], at: number): { short?: string } {
  const [low, high] = [bins[at - 1], bins[at]];
  if (typeof high === 'number') return { short: `≤ ${formatNumber(high)}` };
  return typeof low === 'number' ? { short: `> ${formatNumber(low)}` } : {};
}

/** What the fault did to the values, and that taken back; nothing where none was fitted. */
function Transformation({ feature, data: { alert, verdict } }: { feature: string; data: Investigation }) {
  const { model, version, segment } = alert;
  const route = `/models/${pathName(model)}/features/${pathName(feature)}/transformation`;
  const url = apiUrl(route, { version, segment, window: verdict?.window_id });
  const { data } = useApi<FeatureTransformation>(url);
  return data === undefined || data.quantiles.length === 0 ? null : (
    <TransformationChart data={data} url={url} />
  );
}

function MetricPicture({ metric, data, url }: PictureProps & { metric: string }) {
  const { alert, verdict } = data;
  const figure = verdict?.performance?.metrics[metric];
  if (figure === undefined || figure.current === null) return null;
  const isShare = figure.current >= 0 && figure.current <= 1;
  return (
    <BeforeAfter
      title={capital(words(metric))}
      url={url}
      command={incidentCommand(alert.id)}
      reference={figure.reference}
      current={figure.current}
      interval={figure.interval}
      numberText={isShare ? tenths : formatNumber}
    />
  );
}

/** A column that is not counted over all windows, as it is in the newest. */
function MeasuredPicture({ name, data: { alert, verdict } }: PictureProps & { name: string }) {
  const url = apiUrl('/measurements', {
    window: verdict?.window_id,
    name,
    details: true,
    limit: 10,
  });
  const { data } = useApi<{ readonly items: readonly MeasurementRow[] }>(url);
  const found = data?.items.find(
    ({ segment, details }) => segment === alert.segment && details?.counts !== undefined,
  );
  return found?.details == null ? null : (
    <Distribution
      title={`Values of ${displayText(name, 60)}`}
      {...((verdict?.judged_windows ?? 1) > 1 && { note: 'In the newest window alone.' })}
      url={url}
      bins={binsOf(found.details)}
    />
  );
}

/** What a line says of two figures, and nothing else tells. */
function ChangePicture({ change, data, url }: PictureProps & { change: SaidChange }) {
  const { of, before, now, isShare } = change;
  return (
    <BeforeAfter
      title={capital(displayText(of, 120))}
      url={url}
      command={incidentCommand(data.alert.id)}
      reference={before}
      current={now}
      interval={null}
      {...(isShare && { leastSpan: 0.1 })}
      numberText={isShare ? tenths : formatNumber}
    />
  );
}

const METRIC_NAMES: Readonly<Record<OperationalMetric, string>> = {
  latency_p50_ms: 'latency p50, ms',
  latency_p95_ms: 'latency p95, ms',
  latency_p99_ms: 'latency p99, ms',
  latency_mean_ms: 'latency mean, ms',
  throughput_per_s: 'predictions a second',
  cost_per_prediction: 'cost of a prediction',
  energy_per_prediction_j: 'energy of a prediction, J',
  error_rate: 'failed',
};

function BreachPicture({ breach, data, url }: PictureProps & { breach: Breach }) {
  const { metric, kind, threshold, value, interval } = breach;
  const numberText = metric === 'error_rate' ? tenths : formatNumber;
  return (
    <BeforeAfter
      title={METRIC_NAMES[metric]}
      url={url}
      command={incidentCommand(data.alert.id)}
      reference={kind === 'drift' ? threshold : null}
      referenceName="usual"
      current={value}
      interval={interval}
      {...(kind === 'threshold' && { limit: { value: threshold, text: `limit ${numberText(threshold)}` } })}
      numberText={numberText}
    />
  );
}
