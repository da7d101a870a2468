import { linearScale, niceTicks } from '../../../picture/scale.ts';
import type { ModelFeature, ModelFeatures } from '../../../store/rows/model-screen.ts';
import { displayText } from '../../../words/display-text.ts';
import { formatNumber, formatShare } from '../../../words/format.ts';
import { useAddress } from '../../address/use-address.ts';
import { Figure } from '../../charts/figure.tsx';
import type { NumberTable } from '../../charts/save-table.ts';
import { useWidth } from '../../charts/use-width.ts';
import { useApi } from '../../data/use-api.ts';
import { Panel } from '../../parts/panel.tsx';
import { Loaded } from '../../parts/state-notes.tsx';
import { daysCommand, type ModelAsked, periodOf } from './asked.ts';

const MOST = 200;
/** From here on a distance is worth a look. */
const NOTABLE_EFFECT = 0.1;
const NAMED = 8;
const LEFT_PX = 64;
const BOTTOM_PX = 34;
const TOP_PX = 10;
const HEIGHT_PX = 260;
const LEVELS = ['low', 'normal', 'high'] as const;

/** What moved against how much it matters: high and to the right is to be looked at first. */
export function Quadrants({ asked }: { asked: ModelAsked }) {
  const url = asked.url('features', {
    series: null,
    sort: '-effect',
    limit: MOST,
    bins: 'false',
    q: useAddress().get('q'),
  });
  const found = useApi<ModelFeatures>(url);
  return (
    <Panel title="Drift and importance">
      <Loaded asked={found}>
        {(answer) => {
          const known = answer.importance_known;
          const shown = answer.features.filter(({ effect }) => effect !== null);
          if (shown.length === 0) return <p>Nothing was measured in this period.</p>;
          return (
            <Figure
              title={known ? 'Effect by importance' : 'Effect by missing values'}
              note={
                known
                  ? 'Importance as configured (`features.NAME.importance`); what nothing was said of is normal. Top right: look here first.'
                  : 'Nothing is said of the importance of these features (`features.NAME.importance` of the configuration), so how many more values are missing now stands in its place.'
              }
              url={url}
              command={daysCommand(asked.model, periodOf(answer))}
              table={numbersOf(shown)}
              legend={<ShapeKey />}
            >
              <Scatter features={shown} known={known} />
            </Figure>
          );
        }}
      </Loaded>
    </Panel>
  );
}

interface Point {
  readonly feature: ModelFeature;
  readonly x: number;
  readonly y: number;
}

function Scatter({ features, known }: { features: readonly ModelFeature[]; known: boolean }) {
  const [frame, width] = useWidth<HTMLDivElement>();
  const most = Math.max(0.2, ...features.map(({ effect }) => effect ?? 0));
  const x = linearScale([0, most * 1.05], [LEFT_PX, width - 8]);
  const missing = features.map(moreMissing);
  const high = Math.max(0.05, ...missing) * 1.1;
  const low = Math.min(0, ...missing) * 1.1;
  const y = linearScale(known ? [-0.5, 2.5] : [low, high], [HEIGHT_PX - BOTTOM_PX, TOP_PX]);
  const points = features.map((feature, at): Point => {
    // Those of one level beside each other rather than on top of each other.
    const level = LEVELS.indexOf(feature.importance ?? 'normal') + ((at % 7) - 3) * 0.1;
    return { feature, x: x.at(feature.effect ?? 0), y: y.at(known ? level : moreMissing(feature)) };
  });
  return (
    <div ref={frame}>
      <svg
        width={width}
        height={HEIGHT_PX}
        role="img"
        aria-label={`${features.length} features by effect and ${known ? 'importance' : 'missing values'}; the furthest: ${points
          .slice(0, 3)
          .map(({ feature }) => `${displayText(feature.name, 40)} ${formatNumber(feature.effect ?? 0)}`)
          .join(', ')}`}
      >
        <g aria-hidden>
          {niceTicks(x.domain, width / 120).map((value) => (
            <g key={value}>
              <line
                className="axis"
                x1={x.at(value)}
                x2={x.at(value)}
                y1={TOP_PX}
                y2={HEIGHT_PX - BOTTOM_PX}
              />
              <text x={x.at(value)} y={HEIGHT_PX - BOTTOM_PX + 14} textAnchor="middle">
                {formatNumber(value)}
              </text>
            </g>
          ))}
          <text x={width - 8} y={HEIGHT_PX - 4} textAnchor="end">
            effect
          </text>
          {(known ? [0, 1, 2] : niceTicks(y.domain, 4)).map((value) => (
            <text key={value} x={LEFT_PX - 8} y={y.at(value) + 4} textAnchor="end">
              {known ? LEVELS[value] : formatShare(value)}
            </text>
          ))}
          <line
            className="threshold"
            x1={x.at(NOTABLE_EFFECT)}
            x2={x.at(NOTABLE_EFFECT)}
            y1={TOP_PX}
            y2={HEIGHT_PX - BOTTOM_PX}
          />
          <line
            className="threshold"
            x1={LEFT_PX}
            x2={width - 8}
            y1={y.at(known ? 1.5 : 0.01)}
            y2={y.at(known ? 1.5 : 0.01)}
          />
        </g>
        {points.map((point) => (
          <Dot key={point.feature.name} point={point} />
        ))}
        <g aria-hidden>
          {points.slice(0, NAMED).map(({ feature, x: at, y: height }, n) => (
            <text
              key={feature.name}
              className="point-name"
              x={at > width / 2 ? at - 8 : at + 8}
              y={height + (n % 2 === 0 ? -3 : 9)}
              textAnchor={at > width / 2 ? 'end' : 'start'}
            >
              {displayText(feature.name, 24)}
            </text>
          ))}
        </g>
      </svg>
    </div>
  );
}

function moreMissing({ missing }: ModelFeature): number {
  return missing.current - missing.reference;
}

/** Told apart by shape: a square is a fault, a full circle moved, a ring did not. */
function Dot({ point: { feature, x, y } }: { point: Point }) {
  const title = <title>{`${feature.name}: effect ${formatNumber(feature.effect ?? 0)}`}</title>;
  if (feature.status === 'fault') {
    return (
      <rect className="point is-fault" x={x - 5} y={y - 5} width={10} height={10}>
        {title}
      </rect>
    );
  }
  return (
    <circle className={feature.drifted ? 'point is-moved' : 'point'} cx={x} cy={y} r={5}>
      {title}
    </circle>
  );
}

function ShapeKey() {
  return (
    <ul className="key" aria-label="Shapes">
      <li>
        <svg aria-hidden className="shape" viewBox="0 0 12 12">
          <rect className="point is-fault" x={1} y={1} width={10} height={10} />
        </svg>
        fault
      </li>
      <li>
        <svg aria-hidden className="shape" viewBox="0 0 12 12">
          <circle className="point is-moved" cx={6} cy={6} r={5} />
        </svg>
        moved
      </li>
      <li>
        <svg aria-hidden className="shape" viewBox="0 0 12 12">
          <circle className="point" cx={6} cy={6} r={5} />
        </svg>
        as in training, or too few rows
      </li>
    </ul>
  );
}

function numbersOf(features: readonly ModelFeature[]): NumberTable {
  return {
    columns: ['Feature', 'Effect', 'Importance', 'Missing in training', 'Missing now', 'Status'],
    rows: features.map(({ name, effect, importance, missing, status }) => [
      name,
      effect,
      importance,
      missing.reference,
      missing.current,
      status,
    ]),
  };
}
