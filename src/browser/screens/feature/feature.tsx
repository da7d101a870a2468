import { periodOf } from '../../data/period-of.ts';
import type {
  FeatureCdf,
  FeatureDistribution,
  FeatureHistory,
  FeatureTransformation,
} from '../../../store/rows/feature-screen.ts';
import { displayText } from '../../../words/display-text.ts';
import { whyFlagged } from '../../../words/why-flagged.ts';
import { minuteText } from '../../address/clock-text.ts';
import { useTimeZone } from '../../address/time-zone.ts';
import { modelPath, useAddress } from '../../address/use-address.ts';
import { ApiError } from '../../data/fetch-json.ts';
import { useApi } from '../../data/use-api.ts';
import { ScreenTitle } from '../../frame/screen-title.tsx';
import { TimeControl } from '../../frame/time-control.tsx';
import { Go } from '../../parts/link.tsx';
import { Panel } from '../../parts/panel.tsx';
import { Problems } from '../../parts/problems.tsx';
import { Empty, Loaded } from '../../parts/state-notes.tsx';
import { CdfChart, TransformationChart } from './cdf-chart.tsx';
import { BinChart, NewLevels } from './bin-chart.tsx';
import { type FeatureAddress, useFeatureAddress } from './feature-address.ts';
import { OverTime } from './over-time.tsx';
import '../../style/feature.css';

/** One feature of a model: in a window beside training, and over time. */
export function FeatureScreen({ params }: { params: Readonly<Record<string, string>> }) {
  const { model = '', feature = '' } = params;
  const address = useFeatureAddress(model, feature);
  const distribution = useApi<FeatureDistribution>(address.inWindow('distribution'));
  const history = useApi<FeatureHistory>(address.overTime('history'));
  const period = history.data === undefined ? null : periodOf(history.data);
  const isUnknown = distribution.error instanceof ApiError && distribution.error.status === 404;
  return (
    <>
      <ScreenTitle title={displayText(feature, 200)}>
        <span className="soft">
          feature of <Go to={modelPath(model)}>{displayText(model, 200)}</Go>
        </span>
      </ScreenTitle>
      <Problems problems={address.problems} />
      {isUnknown ? (
        <Empty title={distribution.error?.message ?? ''}>
          <Go to={modelPath(model)}>All features of {displayText(model, 200)}</Go>
        </Empty>
      ) : (
        <>
          <Loaded asked={distribution}>
            {(data) => (
              <InWindow data={data} url={distribution.url} address={address} history={history.data} />
            )}
          </Loaded>
          <div className="over-time-head">
            <TimeControl period={period} />
            <AgainstSwitch />
          </div>
          <OverTime address={address} history={history} period={period} />
        </>
      )}
    </>
  );
}

function AgainstSwitch() {
  const address = useAddress();
  const isOn = address.get('against') === 'before';
  return (
    <button
      type="button"
      aria-pressed={isOn}
      onClick={() => address.set({ against: isOn ? null : 'before' }, { replace: true })}
    >
      Beside the period before
    </button>
  );
}

interface InWindowProps {
  readonly data: FeatureDistribution;
  readonly url: string;
  readonly address: FeatureAddress;
  readonly history: FeatureHistory | undefined;
}

/** Why it is flagged in the chosen window, and how its values lie there. */
function InWindow({ data, url, address, history }: InWindowProps) {
  const { window, comparison, faults } = data;
  const cdf = useApi<FeatureCdf>(data.kind === 'numeric' ? address.inWindow('cdf') : null);
  const transformation = useApi<FeatureTransformation>(
    faults.length > 0 && data.kind === 'numeric' ? address.inWindow('transformation') : null,
  );
  const column = history?.columns.find(({ window_id: id }) => id === window.id);
  const said = comparison ?? column ?? null;
  const why = whyFlagged({
    status: said?.status ?? 'insufficient',
    reason: said?.reason ?? (window.state === 'open' ? 'not_judged_yet' : 'kept no longer'),
    faults: faults.map(({ fault }) => fault),
    detail: faults[0]?.detail ?? null,
    effect: data.effect,
    floor: history?.floor ?? 0.02,
    q: said?.q_value ?? null,
    rows: window.rows,
  });
  return (
    <Panel title="In a window" aside={<WindowChoice window={window} history={history} />}>
      <p className="lead why-flagged">{why}</p>
      <div className="columns">
        <div>
          <BinChart data={data} url={url} />
          {data.new_levels === null ? null : <NewLevels found={data.new_levels} />}
        </div>
        {data.kind === 'numeric' ? (
          <div>
            <Loaded asked={cdf}>
              {(found) =>
                found.points.length === 0 ? (
                  <p className="soft">{found.reason}</p>
                ) : (
                  <CdfChart data={found} url={cdf.url} />
                )
              }
            </Loaded>
            {faults.length === 0 ? null : (
              <Loaded asked={transformation}>
                {(found) =>
                  found.quantiles.length === 0 ? (
                    <p className="soft">{found.reason}</p>
                  ) : (
                    <TransformationChart data={found} url={transformation.url} />
                  )
                }
              </Loaded>
            )}
          </div>
        ) : null}
      </div>
    </Panel>
  );
}

/** Which window it is, and the ways to the ones beside it. */
function WindowChoice({
  window,
  history,
}: {
  window: FeatureDistribution['window'];
  history: FeatureHistory | undefined;
}) {
  const address = useAddress();
  const { timeZone, name } = useTimeZone();
  const columns = history?.columns ?? [];
  const at = columns.findIndex(({ window_id: id }) => id === window.id);
  const beside = (step: -1 | 1): string | null => (at < 0 ? null : (columns[at + step]?.window_id ?? null));
  const step = (to: string | null, text: string) => (
    <button type="button" disabled={to === null} onClick={() => address.set({ window: to })}>
      {text}
    </button>
  );
  return (
    <div className="window-choice">
      {step(beside(-1), '« Earlier')}
      <Go to={`/windows/${window.id}`}>
        {minuteText(window.start, timeZone)} to {minuteText(window.end, timeZone)} {name}
      </Go>
      {window.state === 'open' ? <span className="pill waiting">provisional</span> : null}
      {step(beside(1), 'Later »')}
      <button
        type="button"
        disabled={address.get('window') === null}
        onClick={() => address.set({ window: null })}
      >
        Newest
      </button>
    </div>
  );
}
