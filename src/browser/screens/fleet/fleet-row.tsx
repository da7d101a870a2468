import type { Period } from '../../../core/windows/period.ts';
import type { FleetModel } from '../../../store/rows/fleet.ts';
import { displayText } from '../../../words/display-text.ts';
import { formatNumber } from '../../../words/format.ts';
import { incidentName, subjectsInWords } from '../../../words/incident-name.ts';
import { INCIDENT_STATES } from '../../../words/incident-state.ts';
import { ago, compactNumber } from '../../../words/page-format.ts';
import { windowMark } from '../../../words/verdict-mark.ts';
import { modelPath } from '../../address/use-address.ts';
import { minuteText } from '../../address/clock-text.ts';
import { useTimeZone } from '../../address/time-zone.ts';
import { RibbonPicture } from '../../charts/ribbon.tsx';
import { Go } from '../../parts/link.tsx';
import { MarkShown } from '../../parts/verdict-mark.tsx';
import { useMomentText } from '../../address/moment-text.ts';

/** Wide enough for 96 columns. */
const RIBBON_PX = 240;

interface RowProps {
  readonly row: FleetModel;
  readonly period: Period;
  readonly patterns: string;
  /** Of the table, from 1; its heading is the first. */
  readonly index: number;
  readonly nowMs: number;
  /** The verdict stands before its course. */
  readonly isNarrow: boolean;
}

export function FleetRow({ row, period, patterns, index, nowMs, isNarrow }: RowProps) {
  const { timeZone } = useTimeZone();
  const tags = Object.entries(row.tags);
  const name = displayText(row.model, 300);
  const mark = windowMark({ state: row.newest_window?.state ?? 'open', verdict: row.verdict });
  const course = (
    <td key="course" data-label="Verdicts">
      <RibbonPicture
        spans={row.ribbon}
        period={period}
        heightPx={22}
        widthPx={RIBBON_PX}
        of={name}
        patterns={patterns}
      />
    </td>
  );
  const verdict = (
    <td key="verdict" data-label="Newest verdict">
      {row.newest_window === null ? (
        <span className="soft">nothing logged yet</span>
      ) : (
        <>
          <MarkShown mark={mark} />
          {row.verdict?.series === 'closed' ? (
            <span className="small soft line">by inputs; labels are not in</span>
          ) : null}
          {row.verdict === null || row.verdict.expected === null ? null : (
            <span className="small soft line" title={row.verdict.expected}>
              {row.verdict.expected}
            </span>
          )}
        </>
      )}
    </td>
  );
  return (
    <tr aria-rowindex={index}>
      <th scope="row">
        <Go to={modelPath(row.model)} className="name" title={name}>
          {name}
        </Go>
        {tags.length === 0 ? null : (
          <span className="small soft line">
            {tags.map(([tag, value]) => `${tag}: ${displayText(value, 80)}`).join(' · ')}
          </span>
        )}
      </th>
      {isNarrow ? [verdict, course] : [course, verdict]}
      <td data-label="Open incidents">
        <Incidents row={row} />
      </td>
      <td data-label="Performance">
        <Performance of={row.performance} />
      </td>
      <td className="number" data-label="Rows per hour">
        {row.rows_per_hour === null ? '' : compactNumber(row.rows_per_hour)}
      </td>
      <td data-label="Newest window">
        {row.newest_window === null ? null : (
          <>
            <span className="line">{minuteText(row.newest_window.start, timeZone)}</span>
            <span className="small soft line">{ageOf(row.newest_window, nowMs)}</span>
          </>
        )}
      </td>
    </tr>
  );
}

function ageOf({ end, state }: NonNullable<FleetModel['newest_window']>, nowMs: number): string {
  const age = `${Date.parse(end) > nowMs ? 'ends' : 'ended'} ${ago(end, nowMs)}`;
  return state === 'open' ? `open, ${age}` : age;
}

function Incidents({ row: { open_incidents: open, worst_incident: worst } }: Pick<RowProps, 'row'>) {
  const momentText = useMomentText();
  if (worst === null) return <span className="soft">none</span>;
  const more = open > 1 ? ` and ${open - 1} more` : '';
  const by = worst.looked_after_by;
  return (
    <>
      <Go to={`/incidents/${worst.id}`} className="line">
        {incidentName(worst)}
        {subjectsInWords(worst)}
      </Go>
      <span className="small soft line">
        {`${worst.state === 'firing' ? '' : `${INCIDENT_STATES[worst.state][1]}, `}since ${momentText(worst.since)}${more}${by === null ? '' : ` · with ${by}`}`}
      </span>
    </>
  );
}

function Performance({ of: { metric, realised, estimated } }: { of: FleetModel['performance'] }) {
  const { text, range } = figureOf(metric);
  const estimate = estimated === null ? '' : `estimated ${text(estimated.value)}`;
  const doubt = estimated === null || estimated.valid ? '' : ', not to be relied on';
  if (realised !== null) {
    return (
      <>
        <span className="line">{`${metric} ${text(realised.value)} ${range(realised.interval)}`}</span>
        <span className="small soft line">{`${estimate}${doubt}`}</span>
      </>
    );
  }
  if (estimated === null) return <span className="soft">no labels yet</span>;
  return (
    <>
      <span className="line">{`${metric} ${estimate}`}</span>
      <span className="small soft line">{`${range(estimated.interval)}${doubt}`}</span>
    </>
  );
}

const SHARES = new Set(['accuracy', 'balanced_accuracy', 'precision', 'recall', 'specificity', 'f1']);

interface FigureText {
  text(value: number): string;
  range(interval: readonly [number, number] | null): string;
}

function figureOf(metric: string): FigureText {
  const [number, unit] = SHARES.has(metric)
    ? [(value: number) => (value * 100).toFixed(1), ' %']
    : [formatNumber, ''];
  return {
    text: (value) => number(value) + unit,
    range: (interval) => (interval === null ? '' : `(${number(interval[0])} to ${number(interval[1])})`),
  };
}
