import type { Result } from '../core/result.ts';
import type {
  FeatureCdf,
  FeatureDistribution,
  FeatureHistory,
  FeatureProfiles,
  FeatureRidges,
  FeatureTransformation,
} from '../store/rows/feature-screen.ts';
import type { WindowInspection, WindowSample } from '../store/rows/inspection.ts';

/** A feature of a model, as an address names it. */
export interface FeatureAsked {
  readonly model: string;
  readonly feature: string;
  /** Null: whichever. */
  readonly version: string | null;
  /** The empty text: all rows. */
  readonly segment: string;
  /** `1h`, `500rows`; null: the smallest that is watched. */
  readonly size: string | null;
}

export interface FeatureInWindow extends FeatureAsked {
  /** Null: the newest that was judged. */
  readonly window: string | null;
}

export interface FeatureOverTime extends FeatureAsked {
  readonly from: string | null;
  readonly to: string | null;
}

export interface NotInspected {
  readonly reason: 'not_found' | 'bad_request';
  readonly detail: string;
}

type Inspected<T> = Promise<Result<T, NotInspected>>;

/** What the screens of a window and of a feature show; each answer is a panel's. */
export interface Inspections {
  window(id: string): Inspected<WindowInspection>;
  /** Rows as they were logged. */
  sample(id: string): Inspected<WindowSample>;
  distribution(asked: FeatureInWindow): Inspected<FeatureDistribution>;
  cdf(asked: FeatureInWindow): Inspected<FeatureCdf>;
  transformation(asked: FeatureInWindow): Inspected<FeatureTransformation>;
  history(asked: FeatureOverTime, nowMs: number): Inspected<FeatureHistory>;
  profiles(asked: FeatureOverTime, nowMs: number): Inspected<FeatureProfiles>;
  ridges(asked: FeatureOverTime, nowMs: number): Inspected<FeatureRidges>;
}
