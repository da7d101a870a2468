/** How often something happened in the windows of one baseline. */
export interface Tally {
  readonly hits: number;
  readonly trials: number;
}

/** Counts of one unit of work, by name of what was counted. */
export class Tallies {
  private readonly counts = new Map<string, { hits: number; trials: number }>();

  add(name: string, hits: number, trials: number): void {
    const count = this.counts.get(name) ?? { hits: 0, trials: 0 };
    count.hits += hits;
    count.trials += trials;
    this.counts.set(name, count);
  }

  entries(): [string, Tally][] {
    return [...this.counts];
  }
}
