import type { Io } from './io.ts';

export interface ProgressBar {
  show(rows: number, fraction: number | null): void;
  end(): void;
}

const WIDTH = 30;
const REDRAW_MS = 100;

/** One line on the terminal that is drawn over; nothing at all where nobody looks. */
export function progressBar(
  title: string,
  io: Pick<Io, 'isTerminal' | 'say' | 'clock'>,
  unit = 'rows',
): ProgressBar {
  if (!io.isTerminal) return { show() {}, end() {} };
  let drawnAtMs = 0;
  return {
    show(rows, fraction) {
      const nowMs = io.clock.nowMs();
      if (nowMs - drawnAtMs < REDRAW_MS) return;
      drawnAtMs = nowMs;
      const done = fraction === null ? 0 : Math.round(fraction * WIDTH);
      const bar = '█'.repeat(done) + '░'.repeat(WIDTH - done);
      const percent = fraction === null ? '' : ` ${Math.round(fraction * 100)} %`;
      io.say(`\r${title} ${bar}${percent} ${rows.toLocaleString('en')} ${unit}\x1b[K`);
    },
    end() {
      if (drawnAtMs > 0) io.say('\r\x1b[K');
    },
  };
}
