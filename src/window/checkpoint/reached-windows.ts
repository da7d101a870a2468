import type { CheckpointLimits } from './limits.ts';

/** The windows that the rows of one checkpoint go to, by name. They are asked for before any of them is opened. */
export class ReachedWindows {
  readonly #limits: Pick<CheckpointLimits, 'openedWindows' | 'windows'>;
  readonly #names = new Set<string>();
  #opened = 0;

  constructor(limits: Pick<CheckpointLimits, 'openedWindows' | 'windows'>) {
    this.#limits = limits;
  }

  get size(): number {
    return this.#names.size;
  }

  /**
   * Takes in all windows of a record, or, where they would be too many, none of them.
   *
   * @param exists whether a window is there already
   */
  reach(names: Iterable<string>, exists: (name: string) => boolean): boolean {
    const added = new Set<string>();
    let opened = 0;
    for (const name of names) {
      if (this.#names.has(name) || added.has(name)) continue;
      added.add(name);
      if (!exists(name)) opened += 1;
    }
    const { openedWindows, windows } = this.#limits;
    if (added.size > 0 && this.#names.size + added.size > windows) return false;
    if (opened > 0 && this.#opened + opened > openedWindows) return false;
    for (const name of added) this.#names.add(name);
    this.#opened += opened;
    return true;
  }
}
