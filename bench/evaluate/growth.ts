/** What an evaluation of a window of some shape takes, on average. */
export interface Cost {
  readonly features: number;
  readonly segments: number;
  readonly wallMs: number;
  /** Processor time of this process, its threads among it, and of PostgreSQL. */
  readonly ownMs: number;
  readonly serverMs: number;
}

export interface Growth {
  readonly from: number;
  readonly to: number;
  /** 1: twice the number is twice the cost. */
  readonly exponent: number;
}

/** How cost grows from one number of features (or segments) to the next, all else equal. */
export function growth(costs: readonly Cost[], by: 'features' | 'segments'): Growth[] {
  const other = by === 'features' ? 'segments' : 'features';
  return [...Map.groupBy(costs, (cost) => cost[other]).values()].flatMap((alike) => {
    const ascending = alike.toSorted((a, b) => a[by] - b[by]);
    return ascending.slice(1).map((cost, i) => {
      const before = ascending[i] ?? cost;
      const times = (cost.ownMs + cost.serverMs) / (before.ownMs + before.serverMs);
      return { from: before[by], to: cost[by], exponent: Math.log(times) / Math.log(cost[by] / before[by]) };
    });
  });
}
