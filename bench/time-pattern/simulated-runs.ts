import { createRandom } from '../../src/stats/random.ts';
import type { CountTrack } from '../../src/stats/pattern/tracks.ts';

export type RunKind = 'none' | 'sudden' | 'gradual' | 'incremental' | 'recurring' | 'sudden_on_season';

export interface RunOptions {
  readonly kind: RunKind;
  readonly windows: number;
  readonly rows: number;
  /** In standard deviations. */
  readonly effect: number;
  readonly seed: number;
  /** Autocorrelation of what windows share beyond their rows. */
  readonly autocorrelation?: number;
}

/** Deciles of the standard normal distribution. */
const EDGES = [-1.2816, -0.8416, -0.5244, -0.2533, 0, 0.2533, 0.5244, 0.8416, 1.2816];
/** How far windows spread beyond their rows. */
const BETWEEN_WINDOWS = 0.03;
const PERIOD = 6;
/** What the season takes, whatever the change. */
const SEASON = 0.5;

/** Windows of normal rows in ten bins; what changes begins in the second third and, unless sudden, ends with it. */
export function simulateRun(options: RunOptions): { track: CountTrack; changeAt: number } {
  const { kind, windows, rows, effect, autocorrelation = 0 } = options;
  const random = createRandom(options.seed);
  const normal = (): number => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  const begin = Math.floor(windows / 3);
  const end = Math.floor((2 * windows) / 3);
  const changeAt = begin + random();
  let shared = 0;
  const counts = Array.from({ length: windows }, (_, window) => {
    shared = autocorrelation * shared + Math.sqrt(1 - autocorrelation ** 2) * normal();
    const way = Math.min(1, Math.max(0, (window + 0.5 - begin) / (end - begin)));
    const cells = Array.from({ length: EDGES.length + 1 }, () => 0);
    for (let row = 0; row < rows; row++) {
      const value = normal() + BETWEEN_WINDOWS * shared + moved(window, window + row / rows, way);
      const cell = EDGES.filter((edge) => value > edge).length;
      cells[cell] = (cells[cell] ?? 0) + 1;
    }
    return cells;
  });
  return { track: { kind: 'counts', counts }, changeAt };

  function moved(window: number, at: number, way: number): number {
    switch (kind) {
      case 'none':
        return 0;
      case 'sudden':
        return at >= changeAt ? effect : 0;
      case 'gradual':
        return random() < way ? effect : 0;
      case 'incremental':
        return effect * way;
      case 'recurring':
        return window % PERIOD < 2 ? effect : 0;
      case 'sudden_on_season':
        return (at >= changeAt ? effect : 0) - (window % PERIOD < 2 ? SEASON : 0);
    }
  }
}
