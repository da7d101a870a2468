import { linearScale, type Scale } from '../../../picture/scale.ts';
import type { FeatureDistribution } from '../../../store/rows/feature-screen.ts';
import { displayText } from '../../../words/display-text.ts';
import { formatCount, formatNumber, formatShare } from '../../../words/format.ts';
import { ChartFrame } from '../../charts/chart-frame.tsx';
import { DistributionKey } from '../../charts/distribution.tsx';
import { useWidth } from '../../charts/use-width.ts';

type Bin = FeatureDistribution['bins'][number];

const ROW_PX = 26;
const TOP_PX = 18;

/** Shares by bin, training in grey and now in colour, and beside them what each bin adds to PSI. */
export function BinChart({ data, url }: { data: FeatureDistribution; url: string }) {
  const [frame, width] = useWidth<HTMLDivElement>();
  const { bins, psi, from, against } = data;
  const places = placesOf(bins, width);
  const together = psi === null ? '' : `: together ${formatNumber(psi)}`;
  return (
    <ChartFrame
      title="Distribution by bin"
      note={`Share of the rows, and what each bin adds to PSI${together}${from === 'comparison' ? '.' : FROM[from]}`}
      url={url}
      table={tableOf(bins)}
      legend={
        <DistributionKey trained={against === 'same_hours' ? 'training of the same hours' : 'training'} />
      }
    >
      <div ref={frame}>
        <svg width={width} height={TOP_PX + bins.length * ROW_PX} role="img" aria-label={summaryOf(data)}>
          <text x={places.labelPx + 4} y={11}>
            share of rows
          </text>
          <text x={places.psiLeftPx} y={11}>
            adds to PSI
          </text>
          {bins.map((bin, at) => (
            <BinRow key={at} bin={bin} topPx={TOP_PX + at * ROW_PX} places={places} />
          ))}
        </svg>
      </div>
    </ChartFrame>
  );
}

interface Places {
  readonly labelPx: number;
  readonly psiLeftPx: number;
  readonly shares: Scale;
  readonly parts: Scale;
}

function placesOf(bins: readonly Bin[], width: number): Places {
  const labelPx = Math.min(150, width * 0.3);
  const psiPx = Math.min(170, width * 0.26);
  const shares = bins.flatMap((bin) => [bin.reference_share, bin.current_share]);
  return {
    labelPx,
    psiLeftPx: width - psiPx,
    shares: linearScale([0, Math.max(1e-9, ...shares)], [0, Math.max(1, width - labelPx - psiPx - 16)]),
    parts: linearScale([0, Math.max(1e-9, ...bins.map((bin) => bin.psi))], [0, Math.max(1, psiPx - 46)]),
  };
}

function BinRow({ bin, topPx, places }: { bin: Bin; topPx: number; places: Places }) {
  const { labelPx, psiLeftPx, shares, parts } = places;
  const added = Math.max(0, parts.at(bin.psi));
  return (
    <g transform={`translate(0 ${topPx})`}>
      <title>{lineOf(bin)}</title>
      <text x={labelPx - 4} y={ROW_PX / 2 + 3} textAnchor="end">
        {displayText(bin.name, Math.floor(labelPx / 6.2))}
      </text>
      <g className="reference">
        <rect
          className="bars pale"
          x={labelPx}
          y={3}
          width={shares.at(bin.reference_share)}
          height={ROW_PX - 7}
        />
      </g>
      <g className="current">
        <rect className="bars" x={labelPx} y={8} width={shares.at(bin.current_share)} height={ROW_PX - 17} />
      </g>
      <g className="psi">
        <rect className="bars" x={psiLeftPx} y={6} width={added} height={ROW_PX - 13} />
      </g>
      <text x={psiLeftPx + added + 4} y={ROW_PX / 2 + 4}>
        {formatNumber(bin.psi)}
      </text>
    </g>
  );
}

const FROM = {
  cells: '. The whole comparison is kept no longer: these are the cells of it.',
  counts: '. Counted so far, and not judged: provisional.',
} as const;

function lineOf(bin: Bin): string {
  return `${bin.name}: training ${formatShare(bin.reference_share)}, now ${formatShare(bin.current_share)}, adds ${formatNumber(bin.psi)} to PSI`;
}

function summaryOf({ bins, psi }: FeatureDistribution): string {
  const most = bins.reduce<Bin | null>((a, b) => (a === null || b.psi > a.psi ? b : a), null);
  if (most === null) return 'Distribution by bin: no bins';
  return `Distribution by bin. PSI ${psi === null ? 'not known' : formatNumber(psi)}; most of it from ${lineOf(most)}.`;
}

function tableOf(bins: readonly Bin[]) {
  return {
    columns: ['Bin', 'Training rows', 'Rows now', 'Training share', 'Share now', 'Adds to PSI'],
    rows: bins.map((bin) => [
      bin.name,
      bin.reference,
      bin.current,
      bin.reference_share,
      bin.current_share,
      bin.psi,
    ]),
  };
}

/** Levels that training does not name, in this window. */
export function NewLevels({ found }: { found: NonNullable<FeatureDistribution['new_levels']> }) {
  if (found.levels.length === 0 && found.rest === 0)
    return <p className="soft">No new levels: training names all of them.</p>;
  return (
    <div className="scroll">
      <table>
        <caption className="small soft">
          New levels: {formatShare(found.share)} of the rows have a level that training does not name.
        </caption>
        <thead>
          <tr>
            <th scope="col">Level</th>
            <th scope="col" className="number">
              Rows
            </th>
          </tr>
        </thead>
        <tbody>
          {found.levels.map(({ level, rows }) => (
            <tr key={level}>
              <td>{displayText(level)}</td>
              <td className="number">{formatCount(rows)}</td>
            </tr>
          ))}
          {found.rest > 0 ? (
            <tr>
              <td className="soft">others</td>
              <td className="number">{formatCount(found.rest)}</td>
            </tr>
          ) : null}
        </tbody>
      </table>
    </div>
  );
}
