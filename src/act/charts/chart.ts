/** A picture that a mail shows, before it is drawn. Everything in it has passed `displayText`. */
export type Chart = DistributionChart | TimelineChart;

interface ChartFrame {
  /** What the picture says, with its numbers, for whoever does not see it. */
  readonly alt: string;
}

/** Shares of a feature's values: training data beside the window. */
export interface DistributionChart extends ChartFrame {
  readonly kind: 'distribution';
  readonly feature: string;
  /** Numbers stand upright in their order; names lie on their side, so that they can be read. */
  readonly ordered: boolean;
  /** What the current shares are of. */
  readonly rows: string;
  readonly bars: readonly Bar[];
}

export interface Bar {
  readonly name: string;
  readonly reference: number;
  readonly current: number;
}

/** One figure over the windows up to the one at hand. */
export interface TimelineChart extends ChartFrame {
  readonly kind: 'timeline';
  readonly title: string;
  readonly points: readonly TimelinePoint[];
  readonly lines: readonly {
    readonly name: string;
    readonly value: number;
    readonly style: 'limit' | 'reference';
  }[];
  /** Which point is the incident's first window; null: it began before them. */
  readonly beganAt: number | null;
  readonly percent: boolean;
}

export interface TimelinePoint {
  readonly label: string;
  readonly value: number | null;
}

export interface Picture {
  readonly chart: Chart;
  readonly png: Buffer;
  readonly widthPx: number;
  readonly heightPx: number;
}
