import { useState } from 'react';
import type { WindowInspection } from '../../../store/rows/inspection.ts';
import { displayText } from '../../../words/display-text.ts';
import { formatNumber, formatShare } from '../../../words/format.ts';
import { featurePath } from '../../address/use-address.ts';
import { MiniHistogram } from '../../charts/histogram.tsx';
import { FeatureStatusShown } from '../../parts/feature-status.tsx';
import { Go } from '../../parts/link.tsx';
import { Empty } from '../../parts/state-notes.tsx';

/** As many rows are drawn at first, and more each time they are asked for. */
const ROWS_A_STEP = 50;

type Feature = WindowInspection['features'][number];

/** Features as they stand in a window: faulty ones, then those that moved, by how far. */
export function WindowFeatures(props: { model: string; windowId: string; features: readonly Feature[] }) {
  const { model, windowId, features } = props;
  const [shown, setShown] = useState(ROWS_A_STEP);
  if (features.length === 0)
    return (
      <Empty title="Nothing was measured of its features." command="shiftwatch baseline create --help" />
    );
  return (
    <div className="scroll" tabIndex={0} role="region" aria-label="Features">
      <table>
        <thead>
          <tr>
            <th scope="col">Feature</th>
            <th scope="col">Training, and now</th>
            <th scope="col">Status</th>
            <th scope="col" className="number">
              Effect
            </th>
            <th scope="col" className="number">
              PSI
            </th>
            <th scope="col" className="number">
              q
            </th>
            <th scope="col" className="number">
              Missing
            </th>
          </tr>
        </thead>
        <tbody>
          {features.slice(0, shown).map((feature) => (
            <tr key={feature.name}>
              <th scope="row">
                <Go to={featurePath(model, feature.name)} with={{ window: windowId }}>
                  {displayText(feature.name)}
                </Go>
              </th>
              <td>
                <MiniHistogram bins={feature.bins} of={displayText(feature.name)} />
              </td>
              <td>
                <FeatureStatusShown feature={feature} />
              </td>
              <td className="number">
                {feature.effect === null ? '–' : formatNumber(Math.max(0, feature.effect))}
              </td>
              <td className="number">{feature.psi === null ? '–' : formatNumber(feature.psi)}</td>
              <td className="number">{feature.q_value === null ? '–' : formatNumber(feature.q_value)}</td>
              <td className="number">
                {formatShare(feature.missing.reference)} → {formatShare(feature.missing.current)}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {shown >= features.length ? null : (
        <p>
          <button type="button" onClick={() => setShown(shown + ROWS_A_STEP)}>
            {`Show more (${shown} of ${features.length})`}
          </button>
        </p>
      )}
    </div>
  );
}
