import { displayText } from '../../words/display-text.ts';
import { valueDomain } from '../../picture/domain.ts';
import { linearScale } from '../../picture/scale.ts';

/** A bin's or level's share of the rows, in training and now. */
export interface HistogramBin {
  readonly label: string;
  readonly reference: number;
  readonly current: number;
}

interface MiniHistogramProps {
  readonly bins: readonly HistogramBin[];
  readonly of: string;
  readonly widthPx?: number;
  readonly heightPx?: number;
}

/** Training in grey, now in colour, in a row of a table. */
export function MiniHistogram({ bins, of, widthPx = 120, heightPx = 32 }: MiniHistogramProps) {
  const high = valueDomain(bins.flatMap(({ reference, current }) => [reference, current]))[1];
  const y = linearScale([0, high], [0, heightPx]);
  const each = widthPx / Math.max(1, bins.length);
  return (
    <svg
      width={widthPx}
      height={heightPx}
      role="img"
      aria-label={`Distribution of ${displayText(of, 300)}: ${movedMost(bins)}`}
    >
      {bins.map(({ label, reference, current }, at) => (
        <g key={at}>
          <title>{`${displayText(label)}: training ${percent(reference)}, now ${percent(current)}`}</title>
          <rect
            x={at * each}
            y={heightPx - y.at(reference)}
            width={Math.max(1, each - 1)}
            height={y.at(reference)}
            fill="var(--reference)"
            opacity={0.55}
          />
          <rect
            x={at * each + each * 0.25}
            y={heightPx - y.at(current)}
            width={Math.max(1, each * 0.5)}
            height={y.at(current)}
            fill="var(--current)"
          />
        </g>
      ))}
      <line x1={0} x2={widthPx} y1={heightPx - 0.5} y2={heightPx - 0.5} stroke="var(--line)" />
    </svg>
  );
}

const percent = (share: number): string => `${(share * 100).toFixed(1)} %`;

/** Where the two differ most, in words. */
export function movedMost(bins: readonly HistogramBin[]): string {
  const [most] = [...bins].sort(
    (a, b) => Math.abs(b.current - b.reference) - Math.abs(a.current - a.reference),
  );
  if (most === undefined) return 'nothing to show';
  return `most at ${displayText(most.label)}, ${percent(most.reference)} in training, ${percent(most.current)} now`;
}
