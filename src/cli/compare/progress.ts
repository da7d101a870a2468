import type { Io } from '../terminal/io.ts';

export interface CompareProgress {
  /** What is being done; a fraction of null where nobody knows how far it is. */
  show(what: string, fraction: number | null): void;
  end(): void;
}

const WIDTH = 24;
const REDRAW_MS = 100;

/** One line on the terminal that is drawn over; nothing where nobody looks. */
export function compareProgress(io: Pick<Io, 'isTerminal' | 'say' | 'clock'>): CompareProgress {
  if (!io.isTerminal) return { show() {}, end() {} };
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
