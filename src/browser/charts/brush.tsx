import { type PointerEvent, useState } from 'react';
import type { Scale } from '../../picture/scale.ts';
import { useAddress } from '../address/use-address.ts';

/** A stretch shorter than this was a click. */
const SHORTEST_PX = 6;

/** Drawing a stretch on a chart's axis of time makes it the period of the screen. By keyboard: the fields of the period. */
export function Brush({ x, topPx, heightPx }: { x: Scale; topPx: number; heightPx: number }) {
  const address = useAddress();
  const [drawn, setDrawn] = useState<readonly [number, number] | null>(null);
  const placeOf = (event: PointerEvent<SVGRectElement>): number => {
    const box = event.currentTarget.getBoundingClientRect();
    return Math.min(x.range[1], Math.max(x.range[0], x.range[0] + event.clientX - box.left));
  };
  const finish = (): void => {
    if (drawn !== null && Math.abs(drawn[1] - drawn[0]) >= SHORTEST_PX) {
      const [from, to] = [Math.min(...drawn), Math.max(...drawn)].map((place) =>
        new Date(x.from(place)).toISOString(),
      );
      address.set({ from: from ?? null, to: to ?? null });
    }
    setDrawn(null);
  };
  return (
    <>
      {drawn === null ? null : (
        <rect
          className="brush"
          x={Math.min(...drawn)}
          y={topPx}
          width={Math.abs(drawn[1] - drawn[0])}
          height={heightPx}
        />
      )}
      <rect
        x={x.range[0]}
        y={topPx}
        width={Math.max(0, x.range[1] - x.range[0])}
        height={heightPx}
        fill="transparent"
        onPointerDown={(event) => {
          event.currentTarget.setPointerCapture(event.pointerId);
          setDrawn([placeOf(event), placeOf(event)]);
        }}
        onPointerMove={(event) => {
          if (drawn !== null) setDrawn([drawn[0], placeOf(event)]);
        }}
        onPointerUp={finish}
        onPointerCancel={() => setDrawn(null)}
      />
    </>
  );
}
