import type { DetectorSignal, Kernel } from './detector.ts';

/**
 * A detector of increases that sees decreases too: a second one reads the mirrored values, and the worse of both
 * answers counts. The chance of a false alarm is at most doubled.
 */
export function twoSided(make: () => Kernel, mirror: (value: number) => number): Kernel {
  const up = make();
  const down = make();
  return {
    step(value) {
      const rising = up.step(value);
      const falling = down.step(mirror(value));
      return worse(rising, falling);
    },
    clear() {
      up.clear();
      down.clear();
    },
    save(into) {
      up.save(into);
      down.save(into);
    },
    load: (from) => up.load(from) && down.load(from),
  };
}

function worse(a: DetectorSignal, b: DetectorSignal): DetectorSignal {
  if (a === 'drift' || b === 'drift') return 'drift';
  return a === 'warning' || b === 'warning' ? 'warning' : 'in_control';
}
