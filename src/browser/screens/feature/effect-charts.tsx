import type { Period } from '../../../core/windows/period.ts';
import type { RibbonSpan } from '../../../picture/ribbon.ts';
import type { FeatureHistory, FeatureProfiles } from '../../../store/rows/feature-screen.ts';
import { formatNumber, formatShare } from '../../../words/format.ts';
import { TimeChart, type TimePoint, type TimeSeries } from '../../charts/time-chart.tsx';
import { type Against, movedOnto } from './against.ts';

type Column = FeatureHistory['columns'][number];

interface Drawn {
  readonly data: FeatureHistory;
  readonly period: Period;
  readonly ribbon: readonly RibbonSpan[] | undefined;
  readonly url: string;
  readonly overlay: (Against & { readonly columns: readonly Column[] }) | null;
}

/** Of q: smaller ones are drawn at the edge. */
const LEAST_Q = 1e-12;

/** The effect with its floor, and q with its threshold. */
export function EffectCharts({ data, period, ribbon, url, overlay }: Drawn) {
  const common = { url, period, ...(ribbon === undefined ? {} : { ribbon }) };
  const logged = (q: number | null): number | null => (q === null ? null : Math.log10(Math.max(LEAST_Q, q)));
  return (
    <>
      <TimeChart
        {...common}
        title="Effect over time"
        note="PSI or the PSI of the KS distance, whichever is larger, beyond what chance moves. Above the floor a significant change is a drift."
        series={[
          line('effect', 'current', data.columns, ({ effect }) => effect),
          ...under(overlay, ({ effect }) => effect),
        ]}
        thresholds={[{ value: data.floor, text: `floor ${formatNumber(data.floor)}` }]}
      />
      <TimeChart
        {...common}
        title="Significance over time"
        note="q: the share of false alarms among changes at least as clear as this. Lower is clearer."
        series={[
          line('q', 'current', data.columns, ({ q_value: q }) => logged(q)),
          ...under(overlay, ({ q_value: q }) => logged(q)),
        ]}
        thresholds={[
          { value: Math.log10(data.q_threshold), text: `significant: q ≤ ${formatNumber(data.q_threshold)}` },
        ]}
        numberText={(value) => (value === 0 ? '1' : `10^${formatNumber(value)}`)}
      />
    </>
  );
}

/** Shares of rows without a value, with one of the wrong type, and with a level that training does not name. */
export function QualityCharts(props: Drawn & { profiles: FeatureProfiles | undefined }) {
  const { data, period, ribbon, url, overlay, profiles } = props;
  const common = {
    period,
    numberText: formatShare,
    heightPx: 120,
    ...(ribbon === undefined ? {} : { ribbon }),
  };
  const trained = (share: number | null) =>
    share === null ? [] : [{ value: share, text: `training ${formatShare(share)}` }];
  return (
    <>
      <TimeChart
        {...common}
        url={url}
        title="Missing values over time"
        series={[
          line('missing', 'current', data.columns, ({ missing }) => missing),
          ...under(overlay, ({ missing }) => missing),
        ]}
        thresholds={trained(data.missing_reference)}
      />
      <TimeChart
        {...common}
        url={url}
        title="Invalid values over time"
        note="Of the wrong type, or infinite."
        series={[
          line('invalid', 'current', data.columns, ({ invalid }) => invalid),
          ...under(overlay, ({ invalid }) => invalid),
        ]}
        thresholds={trained(data.invalid_reference)}
      />
      {profiles === undefined || profiles.levels.length === 0 ? null : (
        <TimeChart
          {...common}
          url={url.replace('/history', '/profiles')}
          title="New levels over time"
          note="Rows whose level training does not name."
          series={[
            {
              name: 'new levels',
              style: 'current',
              form: 'line',
              points: profiles.columns.map(({ start, end, new_levels: value, provisional }) => ({
                start,
                end,
                value,
                provisional,
              })),
            },
          ]}
          thresholds={trained(profiles.reference.new_levels)}
        />
      )}
    </>
  );
}

type Value = (column: Column) => number | null;

function line(
  name: string,
  style: TimeSeries['style'],
  columns: readonly Column[],
  value: Value,
  byMs = 0,
): TimeSeries {
  const points = columns.map((column): TimePoint => ({
    start: movedOnto(column.start, byMs),
    end: movedOnto(column.end, byMs),
    value: value(column),
  }));
  return { name, style, form: 'line', points };
}

function under(overlay: Drawn['overlay'], value: Value): TimeSeries[] {
  return overlay === null ? [] : [line(overlay.name, 'overlay', overlay.columns, value, overlay.byMs)];
}
