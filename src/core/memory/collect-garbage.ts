import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

export type Flavor = 'regular' | 'last-resort';
type Collector = (options: { type: 'major' | 'minor'; execution: 'sync'; flavor?: Flavor }) => void;
let found: Collector | null = null;

/** Of this thread, at once: what nobody refers to is given back; by last resort what is only cached, too. */
export function collectGarbage(flavor: Flavor = 'regular'): void {
  collector()({ type: 'major', execution: 'sync', flavor });
}

/** Of this thread, what was made lately and nobody refers to any more; some milliseconds at most. */
export function collectYoungGarbage(): void {
  collector()({ type: 'minor', execution: 'sync' });
}

/** What `--expose-gc` shows, without having been started with it. */
function collector(): Collector {
  if (found === null) {
    setFlagsFromString('--expose-gc');
    found = runInNewContext('gc') as Collector;
    setFlagsFromString('--no-expose-gc');
  }
  return found;
}
