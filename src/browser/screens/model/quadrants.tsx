import type { ModelFeature, ModelFeatures } from '../../../store/rows/model-screen.ts';
import { displayText } from '../../../words/display-text.ts';
import { useAddress } from '../../address/use-address.ts';
import { Scatter } from '../../charts/scatter.tsx';
import { useApi } from '../../data/use-api.ts';
import { Panel } from '../../parts/panel.tsx';
import { Loaded } from '../../parts/state-notes.tsx';
import type { ModelAsked } from './asked.ts';

const MOST = 200;
const MOST_NAMES = 12;
/** From here on a distance, and a share of values missing, is worth a look. */
const NOTABLE = { effect: 0.1, missing: 0.01 };
const LEVELS = ['low', 'normal', 'high'] as const;

/** What moved against how much it matters: high and to the right is to be looked at first. */
export function Quadrants({ asked }: { asked: ModelAsked }) {
  const q = useAddress().get('q');
  const url = asked.url('features', { series: null, sort: '-effect', limit: MOST, bins: 'false', q });
  const found = useApi<ModelFeatures>(url);
  return (
    <Panel title="Drift and importance">
      <Loaded asked={found}>{(answer) => <Picture answer={answer} url={url} />}</Loaded>
    </Panel>
  );
}

function Picture({ answer, url }: { answer: ModelFeatures; url: string }) {
  const { features, importance_known: isKnown } = answer;
  if (features.length === 0) return <p>Nothing was measured in this period.</p>;
  const common = {
    url,
    xName: 'distance',
    mostNames: MOST_NAMES,
  };
  if (isKnown) {
    return (
      <Scatter
        {...common}
        title="Distance by importance"
        note="Jensen–Shannon distance to training. Importance as configured (features.NAME.importance); what nothing was said of is normal. Filled: it moved. Top right: look here first."
        yName="importance"
        yTicks={LEVELS}
        quadrants={{ x: NOTABLE.effect, y: 1.5 }}
        points={features.map((each) => pointOf(each, LEVELS.indexOf(each.importance ?? 'normal')))}
      />
    );
  }
  if (features.every(({ missing }) => Math.abs(missing.current - missing.reference) < NOTABLE.missing / 2)) {
    return (
      <p>
        Nothing is said of the importance of these features: set <code>features.NAME.importance</code> in the
        configuration (low, normal or high) to see here what moved and matters. As many values are missing as
        in training, so there is nothing else to set against the distance.
      </p>
    );
  }
  return (
    <Scatter
      {...common}
      title="Distance by missing values"
      note="Jensen–Shannon distance to training. Nothing is said of the importance of these features (features.NAME.importance of the configuration): how many more values are missing than in training stands in its place. Filled: it moved."
      yName="more missing"
      quadrants={{ x: NOTABLE.effect, y: NOTABLE.missing }}
      points={features.map((each) => pointOf(each, each.missing.current - each.missing.reference))}
    />
  );
}

function pointOf({ name, effect, drifted, status }: ModelFeature, y: number) {
  const fault = status === 'fault' ? ' (fault)' : '';
  return {
    name: `${displayText(name, 30)}${fault}`,
    x: effect,
    y,
    isPale: !drifted && status !== 'fault',
  };
}
