import { periodOf } from '../../data/period-of.ts';
import {
  type RefObject,
  type KeyboardEvent,
  type PointerEvent,
  useEffect,
  useId,
  useMemo,
  useRef,
  useState,
} from 'react';
import { useLocation } from 'wouter';
import {
  type HeatCell,
  type HeatColumn,
  heatColumnAt,
  heatColumns,
  heatMove,
} from '../../../picture/heat.ts';
import type { ModelHeatmap, ModelRibbon } from '../../../store/rows/model-screen.ts';
import { displayText } from '../../../words/display-text.ts';
import { useTimeZone } from '../../address/time-zone.ts';
import { useAddress } from '../../address/use-address.ts';
import { Ribbon } from '../../charts/ribbon.tsx';
import type { TimeMark } from '../../charts/time-chart.tsx';
import { useWidth } from '../../charts/use-width.ts';
import { type ModelAsked } from './asked.ts';
import { drawHeat } from './draw-heat.ts';
import { findWindow } from './find-window.ts';
import { HeatAxis } from './heat-axis.tsx';
import { cellWords } from './heat-words.ts';
import { useRedraw } from './use-redraw.ts';

const ROW_PX = 16;
const MORE_FROM_ROWS = 10;
const NAMES_PX = 150;
const NAMES_NARROW_PX = 96;
const NARROW_PX = 600;
/** So that a cell can be hit; beyond, the map is moved sideways in its frame. */
const LEAST_CELL_PX = 3;

interface HeatCellsProps {
  readonly asked: ModelAsked;
  readonly map: ModelHeatmap;
  readonly ribbon: ModelRibbon['spans'];
  readonly marks: readonly TimeMark[];
  /** The last rows are near. */
  readonly showMore: () => void;
}

/** The cells on the screen's axis of time, in a frame of their own; names, time and verdicts stay in sight. */
export function HeatCells({ asked, map, ribbon, marks, showMore }: HeatCellsProps) {
  const [frame, frameWidth] = useWidth<HTMLDivElement>();
  const { timeZone } = useTimeZone();
  const hint = useId();
  const here = useId();
  const { fromMs, toMs } = periodOf(map);
  const namesPx = frameWidth < NARROW_PX ? NAMES_NARROW_PX : NAMES_PX;
  const widthPx = Math.max(frameWidth, namesPx + map.columns.length * LEAST_CELL_PX);
  const columns = useMemo(
    () => heatColumns(map.columns, { fromMs, toMs }, [namesPx, widthPx]),
    [map.columns, fromMs, toMs, namesPx, widthPx],
  );
  const canvas = useDrawn(map.features, columns, widthPx, namesPx);
  const { cell, byPointer, handlers } = useCell(asked, map, columns, { frame, canvas, namesPx });
  const words = cell === null ? '\u00a0' : cellWords(map, cell, timeZone);
  return (
    <>
      <p id={hint} className="small soft">
        Arrow keys, Home, End, Page Up and Page Down move over the cells; Enter or a click opens the window.
      </p>
      <div
        ref={frame}
        className="scroll heat-frame"
        role="application"
        aria-roledescription="heat map"
        aria-label="Distance to training by feature and time"
        aria-describedby={hint}
        {...(cell === null ? {} : { 'aria-activedescendant': here })}
        tabIndex={0}
        onScroll={({ currentTarget: { scrollTop, clientHeight, scrollHeight } }) => {
          if (scrollTop > 0 && scrollTop + clientHeight > scrollHeight - MORE_FROM_ROWS * ROW_PX) showMore();
        }}
        {...handlers}
      >
        <div className="heat" style={{ width: widthPx }}>
          <div className="heat-head" style={{ paddingLeft: namesPx }}>
            <Ribbon spans={ribbon} period={{ fromMs, toMs }} heightPx={14} of={asked.model} />
            <HeatAxis fromMs={fromMs} toMs={toMs} widthPx={widthPx - namesPx} marks={marks} />
          </div>
          <div className="heat-body">
            <canvas
              ref={canvas}
              style={{ width: widthPx, height: map.features.length * ROW_PX }}
              aria-hidden
            />
            <Names map={map} widthPx={namesPx} />
            <Here id={here} cell={cell} columns={columns} words={words} isPointed={byPointer} />
          </div>
        </div>
      </div>
      <p role="status" className="heat-said small">
        {words}
      </p>
    </>
  );
}

function Names({ map, widthPx }: { map: ModelHeatmap; widthPx: number }) {
  return (
    <div className="heat-names" style={{ width: widthPx }} aria-hidden>
      {map.features.map(({ name }) => (
        <span key={name} title={displayText(name, 300)} style={{ height: ROW_PX }}>
          {displayText(name)}
        </span>
      ))}
    </div>
  );
}

interface HereProps {
  readonly id: string;
  readonly cell: HeatCell | null;
  readonly columns: readonly HeatColumn[];
  readonly words: string;
  /** What is said is said beside the pointer, too. */
  readonly isPointed: boolean;
}

/** Where the keyboard or the pointer is. */
function Here({ id, cell, columns, words, isPointed }: HereProps) {
  const column = cell === null ? undefined : columns[cell.column];
  if (cell === null || column === undefined) return null;
  const box = { left: column.x, top: cell.row * ROW_PX, width: column.width, height: ROW_PX - 1 };
  const last = columns.at(-1);
  const isRight = last !== undefined && column.x > last.x / 2;
  return (
    <div id={id} className="heat-cell" role="img" aria-label={words} style={box}>
      {isPointed ? <span className={isRight ? 'heat-tip left-of' : 'heat-tip'}>{words}</span> : null}
    </div>
  );
}

function useDrawn(
  features: ModelHeatmap['features'],
  columns: readonly HeatColumn[],
  widthPx: number,
  namesPx: number,
): RefObject<HTMLCanvasElement | null> {
  const canvas = useRef<HTMLCanvasElement>(null);
  const redraw = useRedraw();
  useEffect(() => {
    if (canvas.current !== null)
      drawHeat(canvas.current, { features, columns, widthPx, rowPx: ROW_PX, namesPx });
  }, [features, columns, widthPx, namesPx, redraw]);
  return canvas;
}

interface Parts {
  readonly frame: RefObject<HTMLDivElement | null>;
  readonly canvas: RefObject<HTMLCanvasElement | null>;
  readonly namesPx: number;
}

/** The cell that is looked at, by keyboard or pointer, and what moves it. */
function useCell(
  asked: ModelAsked,
  map: ModelHeatmap,
  columns: readonly HeatColumn[],
  { frame, canvas, namesPx }: Parts,
) {
  const [chosen, setCell] = useState<HeatCell | null>(null);
  const [byPointer, setByPointer] = useState(false);
  const open = useOpenWindow(asked, map);
  const size = { rows: map.features.length, columns: map.columns.length };
  // Another period may have fewer.
  const cell = chosen !== null && chosen.row < size.rows && chosen.column < size.columns ? chosen : null;
  const newest = { row: 0, column: size.columns - 1 };
  const at = (event: { readonly clientX: number; readonly clientY: number }): HeatCell | null => {
    const box = canvas.current?.getBoundingClientRect();
    if (box === undefined) return null;
    const row = Math.floor((event.clientY - box.top) / ROW_PX);
    const column = heatColumnAt(columns, event.clientX - box.left);
    return row >= 0 && row < size.rows && column >= 0 ? { row, column } : null;
  };
  const onKeyDown = (event: KeyboardEvent<HTMLDivElement>): void => {
    const from = cell ?? newest;
    if (event.key === 'Enter') void open(from);
    const to = heatMove(from, event.key, size);
    if (to === null) return;
    event.preventDefault();
    setByPointer(false);
    setCell(to);
    showCell(frame.current, columns[to.column]?.x ?? 0, to.row * ROW_PX, namesPx);
  };
  const handlers = {
    onKeyDown,
    onFocus: () => setCell((before) => before ?? newest),
    onPointerMove: (event: PointerEvent<HTMLDivElement>) => {
      const under = at(event);
      setByPointer(under !== null);
      setCell((before) => under ?? before);
    },
    onPointerLeave: () => setByPointer(false),
    onClick: (event: { readonly clientX: number; readonly clientY: number }) => {
      const clicked = at(event);
      if (clicked !== null) void open(clicked);
    },
  };
  return { cell, byPointer, handlers };
}

/** Moves the frame so that a cell is seen beside the names and beneath the head, which stay. */
function showCell(frame: HTMLElement | null, x: number, y: number, namesPx: number): void {
  if (frame === null) return;
  const headPx = frame.querySelector('.heat-head')?.clientHeight ?? 0;
  if (x - frame.scrollLeft < namesPx) frame.scrollLeft = x - namesPx;
  else if (x > frame.scrollLeft + frame.clientWidth - 20) frame.scrollLeft = x - frame.clientWidth + 20;
  if (y < frame.scrollTop) frame.scrollTop = y;
  else if (y + headPx > frame.scrollTop + frame.clientHeight - 2 * ROW_PX) {
    frame.scrollTop = y + headPx - frame.clientHeight + 2 * ROW_PX;
  }
}

function useOpenWindow(asked: ModelAsked, map: ModelHeatmap): (cell: HeatCell) => Promise<void> {
  const address = useAddress();
  const [, navigate] = useLocation();
  return async ({ row, column }) => {
    const [feature, span] = [map.features[row], map.columns[column]];
    if (feature === undefined || span === undefined) return;
    const id = await findWindow(asked, feature.name, span, map.size).catch(() => null);
    if (id !== null) navigate(address.to(`/windows/${id}`));
  };
}
