import { useEffect, useRef } from 'react';
import { HEAT_STEPS } from '../../../picture/heat.ts';
import { drawHeat } from './draw-heat.ts';
import { stateWords } from './heat-words.ts';
import { useRedraw } from './use-redraw.ts';

const MARKS = [
  ['f', 0.12],
  ['a', 0.3],
  ['i', null],
  ['.', null],
] as const;

/** What colours and marks of cells stand for. */
export function HeatLegend() {
  return (
    <ul className="heat-legend small" aria-label="Colours and marks of cells">
      {HEAT_STEPS.map((from, at) => (
        <li key={from}>
          <span className={`swatch heat-${at}`} aria-hidden />
          {at === HEAT_STEPS.length - 1 ? `from ${from}` : `${from}–${HEAT_STEPS[at + 1]}`}
        </li>
      ))}
      {MARKS.map(([state, effect]) => (
        <li key={state}>
          <Swatch state={state} effect={effect} />
          {stateWords(state)}
        </li>
      ))}
    </ul>
  );
}

function Swatch({ state, effect }: { state: string; effect: number | null }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const redraw = useRedraw();
  useEffect(() => {
    if (canvas.current === null) return;
    const features = [{ name: '', effects: [effect === null ? null : effect * 1_000], states: state }];
    drawHeat(canvas.current, {
      features,
      columns: [{ x: 0, width: 22 }],
      widthPx: 22,
      rowPx: 15,
      namesPx: 0,
    });
  }, [state, effect, redraw]);
  return <canvas ref={canvas} className="swatch" aria-hidden />;
}
