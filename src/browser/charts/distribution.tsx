import type { ReactNode } from 'react';
import { linearScale, niceTicks } from '../../picture/scale.ts';
import { displayText } from '../../words/display-text.ts';
import { formatShare } from '../../words/format.ts';
import { LEFT_PX, TOP_PX, ValueAxis } from './axes.tsx';
import { ChartFrame } from './chart-frame.tsx';
import { type HistogramBin, movedMost } from './histogram.tsx';
import { useWidth } from './use-width.ts';

interface DistributionProps {
  readonly title: string;
  readonly note?: ReactNode;
  readonly url: string;
  readonly command?: string | undefined;
  /** `short`: what stands under it where there is no room for its label. */
  readonly bins: readonly (HistogramBin & { readonly short?: string })[];
}

const HEIGHT_PX = 170;
const LABELS_PX = 22;
const LETTER_PX = 6.2;
/** A longer name is cut. */
const MOST_LABEL_PX = 80;

/** Shares of rows by bin or level: training broad and grey, now narrow and in colour before it. */
export function Distribution({ title, note, url, command, bins }: DistributionProps) {
  const [frame, width] = useWidth<HTMLDivElement>();
  const most = Math.max(1e-9, ...bins.flatMap(({ reference, current }) => [reference, current]));
  const y = linearScale([0, most], [HEIGHT_PX - LABELS_PX, TOP_PX]);
  const each = Math.max(1, width - LEFT_PX) / Math.max(1, bins.length);
  const longest = Math.max(0, ...bins.map(({ label, short = label }) => short.length)) * LETTER_PX + 8;
  const every = Math.max(1, Math.ceil(Math.min(longest, MOST_LABEL_PX) / each));
  const box = (value: number) => ({ y: y.at(value), height: Math.max(0, y.at(0) - y.at(value)) });
  return (
    <ChartFrame
      title={title}
      {...(note === undefined ? {} : { note })}
      url={url}
      command={command}
      table={{
        columns: ['Values', 'Training: share of rows', 'Now: share of rows'],
        rows: bins.map(({ label, reference, current }) => [label, reference, current]),
      }}
      legend={<DistributionKey />}
    >
      <div ref={frame}>
        <svg width={width} height={HEIGHT_PX} role="img" aria-label={`${title}: ${movedMost(bins)}`}>
          <ValueAxis y={y} width={width} numberText={formatShare} ticks={niceTicks(y.domain, 3)} />
          {bins.map(({ label, short = label, reference, current }, at) => (
            <g key={at} transform={`translate(${LEFT_PX + at * each} 0)`}>
              <title>{`${label}: training ${formatShare(reference)}, now ${formatShare(current)}`}</title>
              <g className="reference">
                <rect className="bars pale" x={each * 0.08} width={each * 0.84} {...box(reference)} />
              </g>
              <g className="current">
                <rect className="bars" x={each * 0.3} width={each * 0.4} {...box(current)} />
              </g>
              {at % every === 0 ? (
                <text x={each / 2} y={HEIGHT_PX - 6} textAnchor="middle" aria-hidden>
                  {displayText(short, Math.floor((each * every) / LETTER_PX))}
                </text>
              ) : null}
            </g>
          ))}
        </svg>
      </div>
    </ChartFrame>
  );
}

/** Broad and grey, narrow and in colour: what is drawn before what. */
export function DistributionKey({ trained = 'training' }: { trained?: string }) {
  return (
    <ul className="key">
      <li>
        <svg aria-hidden className="reference">
          <rect className="bars pale" width={18} height={8} />
        </svg>
        {trained}
      </li>
      <li>
        <svg aria-hidden className="current">
          <rect className="bars" x={5} width={8} height={8} />
        </svg>
        now
      </li>
    </ul>
  );
}
