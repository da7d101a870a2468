import { periodOf } from '../../data/period-of.ts';
import type { Period } from '../../../core/windows/period.ts';
import type { RibbonSpan } from '../../../picture/ribbon.ts';
import type { FeatureHistory, FeatureProfiles, FeatureRidges } from '../../../store/rows/feature-screen.ts';
import { minuteText } from '../../address/clock-text.ts';
import { useTimeZone } from '../../address/time-zone.ts';
import { type Asked, useApi } from '../../data/use-api.ts';
import { RibbonKey } from '../../charts/ribbon-key.tsx';
import { Panel } from '../../parts/panel.tsx';
import { Empty, Loaded } from '../../parts/state-notes.tsx';
import { type Against, useAgainst } from './against.ts';
import { EffectCharts, QualityCharts } from './effect-charts.tsx';
import { FanChart } from './fan-chart.tsx';
import type { FeatureAddress } from './feature-address.ts';
import { LevelStrips } from './level-strips.tsx';
import { RidgeChart } from './ridge-chart.tsx';

interface OverTimeProps {
  readonly address: FeatureAddress;
  readonly history: Asked<FeatureHistory>;
  readonly period: Period | null;
}

/** Everything that has an axis of time. */
export function OverTime({ address, history, period }: OverTimeProps) {
  const against = useAgainst(period);
  const ribbon = useApi<{ readonly spans: readonly RibbonSpan[] }>(
    period === null ? null : address.ribbon,
  ).data;
  const before = useApi<FeatureHistory>(
    against === null ? null : address.overTime('history', against.over),
  ).data;
  const profiles = useApi<FeatureProfiles>(address.overTime('profiles'));
  const overlay = against === null || before === undefined ? null : { ...against, columns: before.columns };
  const drawn = { ribbon: ribbon?.spans, url: history.url, overlay };
  return (
    <>
      <Panel title="Effect and significance">
        <Loaded asked={history}>
          {(data) =>
            isEmpty(data) ? <NotMeasured /> : <EffectCharts {...drawn} data={data} period={periodOf(data)} />
          }
        </Loaded>
        <RibbonKey />
      </Panel>
      <Panel title="Values">
        <Values address={address} profiles={profiles} against={against} ribbon={drawn.ribbon} />
      </Panel>
      <Panel title="Missing, invalid and new values">
        <Loaded asked={history}>
          {(data) =>
            isEmpty(data) ? (
              <NotMeasured />
            ) : (
              <QualityCharts {...drawn} data={data} profiles={profiles.data} period={periodOf(data)} />
            )
          }
        </Loaded>
      </Panel>
    </>
  );
}

interface ValuesProps {
  readonly address: FeatureAddress;
  readonly profiles: Asked<FeatureProfiles>;
  readonly against: Against | null;
  readonly ribbon: readonly RibbonSpan[] | undefined;
}

/** Of numbers their quantiles and ridges, of levels their shares. */
function Values({ address, profiles, against, ribbon }: ValuesProps) {
  const { timeZone } = useTimeZone();
  const before = useApi<FeatureProfiles>(
    against === null ? null : address.overTime('profiles', against.over),
  ).data;
  const isNumeric = profiles.data?.kind === 'numeric';
  const ridges = useApi<FeatureRidges>(isNumeric ? address.overTime('ridges') : null);
  const overlay = against === null || before === undefined ? null : { ...against, columns: before.columns };
  const taken = { ribbon };
  return (
    <>
      <Loaded asked={profiles}>
        {(data) => {
          const note = keptNote(
            data,
            timeZone,
            data.columns.some(({ of }) => of !== 'windows'),
          );
          const drawn = { ...taken, data, note, period: periodOf(data), url: profiles.url };
          if (data.columns.length === 0) return <NotCounted note={note} />;
          return data.kind === 'numeric' ? (
            <FanChart {...drawn} overlay={overlay} />
          ) : (
            <LevelStrips {...drawn} />
          );
        }}
      </Loaded>
      {isNumeric ? (
        <Loaded asked={ridges}>
          {(data) =>
            data.ridges.length === 0 ? (
              <NotCounted note={keptNote(data, timeZone, false)} />
            ) : (
              <RidgeChart data={data} note={keptNote(data, timeZone, false)} url={ridges.url} />
            )
          }
        </Loaded>
      ) : null}
    </>
  );
}

function NotMeasured() {
  return <Empty title="It was measured in no window of this period." command="shiftwatch status" />;
}

function NotCounted({ note }: { note: string }) {
  return (
    <Empty title="Nothing is counted of it in this period." command="shiftwatch retention">
      <p>{note}</p>
    </Empty>
  );
}

function isEmpty({ columns }: FeatureHistory): boolean {
  return columns.length === 0;
}

/** What is not shown, and why. */
function keptNote(
  { every, counts_since: since }: { readonly every: number; readonly counts_since: string | null },
  timeZone: string,
  areDays: boolean,
): string {
  const read =
    every === 1 ? 'Out of the counts of every window.' : `Out of the counts of each ${every}th window.`;
  if (since === null) return read;
  const instead = areDays ? ': what they came to by day or week is drawn instead' : '';
  return `${read} Counts of windows before ${minuteText(since, timeZone)} are kept no longer${instead}.`;
}
