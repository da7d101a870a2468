import { knownParameter } from '../../address/known-parameter.ts';
import { Problems } from '../../parts/problems.tsx';
import type { ModelFeature, ModelFeatures } from '../../../store/rows/model-screen.ts';
import { displayText } from '../../../words/display-text.ts';
import { formatCount, formatNumber, formatShare } from '../../../words/format.ts';
import { minuteText } from '../../address/clock-text.ts';
import { useTimeZone } from '../../address/time-zone.ts';
import { featurePath, useAddress } from '../../address/use-address.ts';
import { MiniHistogram } from '../../charts/histogram.tsx';
import { useApi } from '../../data/use-api.ts';
import { FeatureStatusShown } from '../../parts/feature-status.tsx';
import { Go } from '../../parts/link.tsx';
import { Panel } from '../../parts/panel.tsx';
import { Empty, Loaded } from '../../parts/state-notes.tsx';
import type { ModelAsked } from './asked.ts';

type Column = readonly [key: string, title: string, firstDescending: boolean];

const COLUMNS: readonly Column[] = [
  ['effect', 'Distance', true],
  ['q', 'q', false],
  ['missing', 'Missing before → now', true],
  ['importance', 'Importance', true],
  ['status', 'Status', true],
];
const DEFAULT_SORT = '-status';
const ROWS_A_STEP = 50;
const MOST_ROWS = 500;

/** A row a feature, as it is in the newest window that tells. */
export function FeatureTable({ asked }: { asked: ModelAsked }) {
  const address = useAddress();
  const problems: string[] = [];
  const isOrder = (text: string): boolean => SORT.test(text);
  const instead = 'the gravest come first';
  const sort = knownParameter(address, 'sort', isOrder, { instead, problems }) ?? DEFAULT_SORT;
  const limit = Math.min(MOST_ROWS, Math.max(ROWS_A_STEP, Number(address.get('rows')) || ROWS_A_STEP));
  const found = useApi<ModelFeatures>(
    asked.url('features', { series: null, sort, limit, q: address.get('q') }),
  );
  return (
    <Panel title="Features">
      <Problems problems={problems} />
      <Loaded asked={found}>
        {(answer) =>
          answer.window === null ? (
            <Empty
              title="No feature was measured in this period. Without a baseline none can be:"
              command={asked.baselineCommand}
            />
          ) : (
            <>
              <OfWindow window={answer.window} />
              <Table asked={asked} features={answer.features} sort={sort} />
              {answer.total > answer.features.length && limit < MOST_ROWS ? (
                <p>
                  <button
                    type="button"
                    onClick={() => address.set({ rows: String(limit + ROWS_A_STEP) }, { replace: true })}
                  >
                    {`Show more (${answer.features.length} of ${answer.total})`}
                  </button>
                </p>
              ) : null}
            </>
          )
        }
      </Loaded>
    </Panel>
  );
}

const SORT = /^-?(?:name|effect|q|missing|importance|status)$/;

function OfWindow({ window }: { window: NonNullable<ModelFeatures['window']> }) {
  const { timeZone, name: zone } = useTimeZone();
  return (
    <p className="small soft">
      {'Training in grey, now in colour; the distance between them is Jensen–Shannon, 0 to 1. Now is the '}
      <Go to={`/windows/${window.id}`}>
        {`window ${minuteText(window.start, timeZone)} to ${minuteText(window.end, timeZone)} ${zone}`}
      </Go>
      {` of version ${displayText(window.version)}, ${formatCount(window.rows)} rows.`}
    </p>
  );
}

function Table({
  asked,
  features,
  sort,
}: {
  asked: ModelAsked;
  features: readonly ModelFeature[];
  sort: string;
}) {
  return (
    <div className="scroll" tabIndex={0} role="region" aria-label="Table of features">
      <table className="features">
        <thead>
          <tr>
            <SortHead column={['name', 'Feature', false]} sort={sort} />
            <th scope="col">Distribution</th>
            {COLUMNS.map((column) => (
              <SortHead key={column[0]} column={column} sort={sort} />
            ))}
          </tr>
        </thead>
        <tbody>
          {features.map((feature) => (
            <Row key={feature.name} asked={asked} feature={feature} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function SortHead({ column: [key, title, firstDescending], sort }: { column: Column; sort: string }) {
  const address = useAddress();
  const isBy = sort === key || sort === `-${key}`;
  const descending = sort.startsWith('-');
  const next = isBy ? !descending : firstDescending;
  const order = descending ? 'descending' : 'ascending';
  return (
    <th scope="col" aria-sort={isBy ? order : 'none'}>
      <button
        type="button"
        onClick={() => address.set({ sort: `${next ? '-' : ''}${key}` }, { replace: true })}
      >
        {title}
        <span aria-hidden>{isBy ? (descending ? ' ↓' : ' ↑') : ''}</span>
      </button>
    </th>
  );
}

function Row({ asked, feature }: { asked: ModelAsked; feature: ModelFeature }) {
  const { name, bins, effect, q_value: q, missing, importance } = feature;
  return (
    <tr>
      <th scope="row">
        <Go to={featurePath(asked.model, name)} with={{ ...asked.narrowing }}>
          {displayText(name, 60)}
        </Go>
      </th>
      <td>
        {bins === null ? (
          <span className="small soft">not kept</span>
        ) : (
          <MiniHistogram
            of={name}
            bins={bins.labels.map((label, at) => ({
              label,
              reference: bins.reference[at] ?? 0,
              current: bins.current[at] ?? 0,
            }))}
          />
        )}
      </td>
      <td>{effect === null ? '' : effect.toFixed(3)}</td>
      <td>{q === null ? '' : formatNumber(q)}</td>
      <td>
        {formatShare(missing.reference)} → {formatShare(missing.current)}
      </td>
      <td>{importance ?? <span className="soft">not said</span>}</td>
      <td>
        <FeatureStatusShown feature={feature} />
      </td>
    </tr>
  );
}
