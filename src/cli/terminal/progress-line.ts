import { noProgress, type Progress } from '../../core/progress.ts';
import type { Io } from './io.ts';

const WIDTH = 24;
const REDRAW_MS = 100;

/** One line on the terminal that is drawn over; nothing at all where nobody looks. */
export function progressLine(io: Pick<Io, 'isTerminal' | 'say' | 'clock'>): Progress {
  if (!io.isTerminal) return noProgress;
  let drawnAtMs = 0;
  return {
    show(what, fraction) {
      const nowMs = io.clock.nowMs();
      if (nowMs - drawnAtMs < REDRAW_MS && fraction !== 1) return;
      drawnAtMs = nowMs;
      const done = fraction === null ? 0 : Math.round(fraction * WIDTH);
      const percent = fraction === null ? '' : ` ${Math.round(fraction * 100)} %`;
      io.say(`\r${'█'.repeat(done)}${'░'.repeat(WIDTH - done)}${percent} ${what}\x1b[K`);
    },
    end() {
      if (drawnAtMs > 0) io.say('\r\x1b[K');
    },
  };
}

/** `reading training.csv: 12,000 rows` */
export function counted(what: string, count: number, unit: string): string {
  return `${what}: ${count.toLocaleString('en')} ${unit}`;
}
