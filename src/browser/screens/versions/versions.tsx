import { pathName } from '../../../core/ids/path-name.ts';
import type { ComparedVersion, VersionComparison, VersionMetric } from '../../../core/version-comparison.ts';
import { displayText } from '../../../words/display-text.ts';
import { formatCount, formatNumber } from '../../../words/format.ts';
import { words } from '../../../words/page-format.ts';
import { Scatter } from '../../charts/scatter.tsx';
import { ApiError, apiUrl } from '../../data/fetch-json.ts';
import { shellWord } from '../../../core/process/shell-word.ts';
import { useApi } from '../../data/use-api.ts';
import { ModelScreens } from '../../frame/model-screens.tsx';
import { ScreenTitle } from '../../frame/screen-title.tsx';
import { DataTable } from '../../parts/data-table.tsx';
import { Panel } from '../../parts/panel.tsx';
import { Empty, Loaded } from '../../parts/state-notes.tsx';
import { NotFound } from '../not-found.tsx';

/** Versions side by side: what each costs, how fast and how good it is, and which nobody should choose. */
export function VersionsScreen({ params: { model = '' } }: { params: Readonly<Record<string, string>> }) {
  const url = apiUrl(`/models/${pathName(model)}/versions/compare`);
  const asked = useApi<VersionComparison>(url);
  if (asked.error instanceof ApiError && asked.error.status === 404 && asked.data === undefined) {
    return <NotFound what={asked.error.message} />;
  }
  return (
    <>
      <ScreenTitle title={`Versions of ${model}`}>
        <ModelScreens model={model} />
      </ScreenTitle>
      <Loaded asked={asked}>
        {(comparison) =>
          comparison.versions.length === 0 ? (
            <Empty
              title="No version has been seen yet."
              command={`shiftwatch versions --model ${shellWord(model)}`}
            />
          ) : (
            <Compared comparison={comparison} url={url} />
          )
        }
      </Loaded>
    </>
  );
}

function Compared({ comparison, url }: { comparison: VersionComparison; url: string }) {
  const { model, versions, best, as_good: asGood, optimizing } = comparison;
  const command = `shiftwatch versions --model ${shellWord(model)} --json`;
  const figure = (version: ComparedVersion, metric: VersionMetric) => version.metrics[metric]?.value ?? null;
  const named: VersionMetric[] = [
    optimizing,
    'latency_p95_ms',
    'cost_per_prediction',
    'error_rate',
    'energy_per_prediction_j',
    'size_bytes',
  ];
  const told = named.filter((metric) => versions.some((version) => figure(version, metric) !== null));
  return (
    <>
      <p className="lead">{sentence(comparison)}</p>
      <Panel title="Accuracy, latency, cost">
        <Scatter
          title={`${words(optimizing)} against latency`}
          url={url}
          command={command}
          xName="latency p95, ms"
          yName={words(optimizing)}
          sizeName="cost per prediction"
          points={versions.map((version) => ({
            name: `version ${version.version}`,
            x: figure(version, 'latency_p95_ms'),
            y: figure(version, optimizing),
            size: figure(version, 'cost_per_prediction'),
            isPale: version.dominated_by.length > 0,
          }))}
        />
      </Panel>
      <Panel title="Side by side">
        <DataTable
          of="Versions"
          columns={[
            { name: 'Version', cell: ({ version }) => version },
            { name: 'State', cell: ({ state }) => state },
            { name: 'Predictions', cell: ({ rows }) => formatCount(rows), isNumber: true },
            { name: 'Labelled', cell: ({ labelled }) => formatCount(labelled), isNumber: true },
            ...told.map((metric) => ({
              name: words(metric),
              cell: (version: ComparedVersion) => figureText(version, metric),
              isNumber: true,
            })),
            { name: 'Judgement', cell: (version) => judgement(version, best, asGood) },
          ]}
          rows={versions}
          keyOf={({ version }) => version}
          classOf={(version) => (version.dominated_by.length > 0 ? 'dominated' : undefined)}
          none=""
        />
      </Panel>
    </>
  );
}

function sentence({ best, as_good: asGood, versions, optimizing }: VersionComparison): string {
  if (best === null) return `No version is within every limit with a known ${words(optimizing)}.`;
  if (versions.length === 1) return `Version ${displayText(best)} is the only one.`;
  const others = asGood.filter((version) => version !== best);
  return `Version ${displayText(best)} is best in ${words(optimizing)}${others.length === 0 ? '' : `; ${others.map((version) => displayText(version)).join(', ')} not significantly worse`}.`;
}

function figureText(version: ComparedVersion, metric: VersionMetric): string {
  const figure = version.metrics[metric];
  if (figure === undefined) return '–';
  const { value, interval } = figure;
  return interval === null
    ? formatNumber(value)
    : `${formatNumber(value)} (${formatNumber(interval[0])} to ${formatNumber(interval[1])})`;
}

function judgement(
  { version, dominated_by: by, satisfies, violated }: ComparedVersion,
  best: string | null,
  asGood: readonly string[],
): string {
  if (version === best) return 'best';
  if (by.length > 0) return `nowhere better than ${by.join(', ')}`;
  if (!satisfies) return `beyond its limit: ${violated.map(({ metric }) => words(metric)).join(', ')}`;
  return asGood.includes(version) ? 'as good' : '';
}
