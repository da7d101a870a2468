import { periodOf } from '../../data/period-of.ts';
import { useVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useId, useRef } from 'react';
import type { Fleet } from '../../../store/rows/fleet.ts';
import { displayText } from '../../../words/display-text.ts';
import { plural } from '../../../words/page-format.ts';
import { useAddress } from '../../address/use-address.ts';
import { useNarrow } from '../../frame/use-narrow.ts';
import { RibbonPatterns } from '../../charts/ribbon.tsx';
import { type FleetOrder, type FleetQuery, orderInWords, orderOf, sortBy } from './fleet-request.ts';
import { FleetRow } from './fleet-row.tsx';
import { type FleetLine, fleetLines } from './fleet-lines.ts';

const COLUMNS: readonly (readonly [heading: string, order: FleetOrder | null])[] = [
  ['Model', 'name'],
  ['Verdicts', null],
  ['Newest verdict', 'verdict'],
  ['Open incidents', 'incidents'],
  ['Performance', null],
  ['Rows per hour', 'rows'],
  ['Newest window', 'window'],
];
/** On a card the verdict stands before its course. */
const NARROW_COLUMNS = [0, 2, 1, 3, 4, 5, 6].flatMap((at) => COLUMNS.slice(at, at + 1));
const ROW_PX = 52;
/** Of a card, as a narrow screen has them; as the style sheet says. */
const CARD_PX = 264;
const GROUP_PX = 36;
/** So many more on either side are in the document. */
const BEYOND = 6;
/** A fleet of so many is in the document whole, so that a browser's own search finds every model. */
const SMALL_FLEET = 50;

interface TableProps {
  readonly data: Fleet;
  readonly query: FleetQuery;
  readonly at: (place: number) => Fleet['items'][number] | null;
  /** The places among the models that are on screen. */
  readonly show: (first: number, last: number) => void;
  readonly isBehind: boolean;
}

/** Only what is on screen is in the document; `aria-rowcount` says how many rows there are, the heading's and groups' too. */
export function FleetTable({ data, query, at, show, isBehind }: TableProps) {
  const frame = useRef<HTMLDivElement>(null);
  const patterns = useId();
  const isNarrow = useNarrow();
  const lines = fleetLines(data);
  const virtual = useVirtualizer({
    count: lines.count,
    getScrollElement: () => frame.current,
    estimateSize: (n) => (lines.at(n).kind === 'group' ? GROUP_PX : isNarrow ? CARD_PX : ROW_PX),
    overscan: lines.count <= SMALL_FLEET ? SMALL_FLEET : BEYOND,
  });
  useEffect(() => {
    virtual.measure();
    frame.current?.scrollTo({ top: 0 });
    // Another order or choice begins at its top, and heights of groups lie elsewhere.
    // oxlint-disable-next-line react-hooks/exhaustive-deps
  }, [query.q, query.verdict, query.tag, query.group, query.sort, isNarrow]);
  const shown = virtual.getVirtualItems();
  const first = placeOf(lines.at(shown[0]?.index ?? 0));
  const last = placeOf(lines.at(shown.at(-1)?.index ?? 0));
  useEffect(() => show(first, last), [show, first, last]);
  const period = periodOf(data);
  const nowMs = Date.now();
  const above = shown[0]?.start ?? 0;
  const below = virtual.getTotalSize() - (shown.at(-1)?.end ?? 0);
  return (
    <div ref={frame} className="fleet-frame" tabIndex={0} role="region" aria-label="Models">
      <svg className="hidden" aria-hidden>
        <RibbonPatterns id={patterns} />
      </svg>
      <table aria-rowcount={lines.count + 1} aria-busy={isBehind} aria-label="Models, a row each">
        <Heading sort={query.sort} columns={isNarrow ? NARROW_COLUMNS : COLUMNS} />
        <tbody>
          <Space px={above} />
          {shown.map(({ index }) => {
            const line = lines.at(index);
            if (line.kind === 'group') {
              return (
                <GroupRow key={`group ${index}`} line={line} tag={query.group ?? ''} index={index + 2} />
              );
            }
            const row = at(line.place);
            return row === null ? (
              <tr key={line.place} aria-rowindex={index + 2}>
                <td colSpan={COLUMNS.length} className="soft">
                  …
                </td>
              </tr>
            ) : (
              <FleetRow key={line.place} {...{ row, period, patterns, nowMs, isNarrow }} index={index + 2} />
            );
          })}
          <Space px={below} />
        </tbody>
      </table>
    </div>
  );
}

const placeOf = (line: FleetLine): number => line.place;

function Space({ px }: { px: number }) {
  return px <= 0 ? null : (
    <tr aria-hidden className="space" style={{ height: px }}>
      <td colSpan={COLUMNS.length} />
    </tr>
  );
}

function Heading({ sort, columns }: { sort: string | null; columns: typeof COLUMNS }) {
  const address = useAddress();
  const now = orderOf(sort);
  const said = (order: FleetOrder): 'none' | 'ascending' | 'descending' =>
    now.order === order ? orderInWords(sort).aria : 'none';
  return (
    <thead>
      <tr aria-rowindex={1}>
        {columns.map(([heading, order]) => (
          <th
            key={heading}
            scope="col"
            className={order === 'rows' ? 'number' : heading === 'Verdicts' ? 'course' : undefined}
            aria-sort={order === null ? undefined : said(order)}
          >
            {order === null ? (
              heading
            ) : (
              <button type="button" onClick={() => sortBy(address, order)}>
                {heading}
                <span aria-hidden>{{ none: '', ascending: ' ↑', descending: ' ↓' }[said(order)]}</span>
              </button>
            )}
          </th>
        ))}
      </tr>
    </thead>
  );
}

function GroupRow({ line, tag, index }: { line: FleetLine & { kind: 'group' }; tag: string; index: number }) {
  const { value, models, needing } = line.group;
  return (
    <tr aria-rowindex={index} className="group">
      <th scope="rowgroup" colSpan={COLUMNS.length}>
        <span>
          {displayText(value === null ? `without ${tag}` : `${tag}: ${value}`, 200)}
          <span className="soft">{` · ${plural(models, 'model')}, ${needing === 0 ? 'none needs someone' : `${needing} ${needing === 1 ? 'needs' : 'need'} someone`}`}</span>
        </span>
      </th>
    </tr>
  );
}
