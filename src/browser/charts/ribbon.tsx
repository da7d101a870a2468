import { useId } from 'react';
import type { Period } from '../../core/windows/period.ts';
import { RIBBON_LOOKS, type RibbonCell, ribbonCells, type RibbonSpan } from '../../picture/ribbon.ts';
import { displayText } from '../../words/display-text.ts';
import { markOf } from '../../words/verdict-mark.ts';
import { minuteText } from '../address/clock-text.ts';
import { useTimeZone } from '../address/time-zone.ts';
import { useWidth } from './use-width.ts';

const WIDE_ENOUGH_FOR_A_LETTER_PX = 14;

interface RibbonProps {
  readonly spans: readonly RibbonSpan[];
  readonly period: Period;
  readonly heightPx?: number;
  /** What it is of, for those who do not see it. */
  readonly of: string;
}

/** Verdicts over time, told by colour, height, pattern and, where there is room, their letter. */
export function Ribbon({ heightPx = 22, ...props }: RibbonProps) {
  const [frame, width] = useWidth<HTMLDivElement>();
  return (
    <div ref={frame} className="ribbon">
      <RibbonPicture {...props} heightPx={heightPx} widthPx={width} />
    </div>
  );
}

interface PictureProps extends RibbonProps {
  readonly heightPx: number;
  readonly widthPx: number;
  /** Where many ribbons share one drawing of the patterns: its id. */
  readonly patterns?: string;
}

/** The same of a width that is known, for tables of many. */
export function RibbonPicture({ spans, period, heightPx, widthPx, of, patterns }: PictureProps) {
  const { timeZone } = useTimeZone();
  const own = useId();
  const id = patterns ?? own;
  return (
    <svg
      className="ribbon-picture"
      width={widthPx}
      height={heightPx}
      role="img"
      aria-label={`Verdicts of ${displayText(of, 300)}: ${inWords(spans, timeZone)}`}
    >
      {patterns === undefined ? <RibbonPatterns id={id} /> : null}
      <rect className="ground" x={0} y={heightPx - 1} width={widthPx} height={1} fill="var(--line)" />
      {ribbonCells(spans, period, widthPx).map((cell) => (
        <Stretch key={cell.span.start} cell={cell} id={id} heightPx={heightPx} timeZone={timeZone} />
      ))}
    </svg>
  );
}

function Stretch(props: { cell: RibbonCell; id: string; heightPx: number; timeZone: string }) {
  const { cell, id, heightPx, timeZone } = props;
  const { verdict } = cell.span;
  const look = RIBBON_LOOKS[verdict];
  const height = Math.round(look.height * heightPx);
  const box = { x: cell.x, y: heightPx - height, width: cell.width, height };
  return (
    <g>
      <title>
        {`${nameOf(verdict)}, ${minuteText(cell.span.start, timeZone)} to ${minuteText(cell.span.end, timeZone)}`}
      </title>
      <rect {...box} fill={look.pattern === 'hollow' ? 'none' : `var(--${look.style})`} />
      {look.pattern === 'solid' || look.pattern === 'hollow' ? null : (
        <rect {...box} fill={`url(#${id}-${look.pattern}-${look.style})`} />
      )}
      <rect
        {...box}
        fill="none"
        stroke={`var(--${look.style}-ink)`}
        strokeDasharray={look.pattern === 'hollow' ? '2 2' : undefined}
      />
      {cell.width >= WIDE_ENOUGH_FOR_A_LETTER_PX && look.height === 1 ? (
        <text
          x={cell.x + cell.width / 2}
          y={heightPx / 2 + 4}
          textAnchor="middle"
          fill={`var(--${look.style}-ink)`}
          stroke={`var(--${look.style})`}
          strokeWidth={3}
          paintOrder="stroke"
          fontSize={12}
          fontWeight={700}
          aria-hidden
        >
          {letterOf(verdict)}
        </text>
      ) : null}
    </g>
  );
}

const LINES = {
  diagonal: 'M0 6L6 0',
  cross: 'M0 6L6 0M0 0L6 6',
  vertical: 'M3 0V6',
  horizontal: 'M0 3H6',
  dots: 'M3 3h.01',
} as const;

export function RibbonPatterns({ id }: { id: string }) {
  const looks = Object.values(RIBBON_LOOKS).filter(({ pattern }) => pattern in LINES);
  return (
    <defs>
      {looks.map(({ pattern, style }) => (
        <pattern
          key={pattern + style}
          id={`${id}-${pattern}-${style}`}
          width={6}
          height={6}
          patternUnits="userSpaceOnUse"
        >
          <path
            d={LINES[pattern as keyof typeof LINES]}
            stroke={`var(--${style}-ink)`}
            strokeWidth={pattern === 'dots' ? 2.5 : 1}
            strokeLinecap="round"
            opacity={0.55}
          />
        </pattern>
      ))}
    </defs>
  );
}

function nameOf(verdict: RibbonSpan['verdict']): string {
  if (verdict === 'no_data') return 'no data';
  return verdict === 'open' ? 'open, provisional' : markOf(verdict).name;
}

function letterOf(verdict: RibbonSpan['verdict']): string {
  return verdict === 'no_data' || verdict === 'open' ? '' : markOf(verdict).letter;
}

const MOST_NAMED = 6;

function inWords(spans: readonly RibbonSpan[], timeZone: string): string {
  const telling = spans.filter(({ verdict }) => verdict !== 'none' && verdict !== 'open');
  if (spans.length === 0) return 'none yet';
  if (telling.length === 0) return 'no shift';
  const named = telling
    .slice(-MOST_NAMED)
    .map(
      ({ verdict, start, end }) =>
        `${nameOf(verdict)} from ${minuteText(start, timeZone)} to ${minuteText(end, timeZone)}`,
    );
  return `${telling.length > MOST_NAMED ? `${telling.length} stretches, the newest: ` : ''}${named.join('; ')}`;
}
