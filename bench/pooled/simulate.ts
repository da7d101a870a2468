/** Windows of independent normal features beside one reference: how often nothing is pooled into an alarm, how soon something is. */
import type { FeatureComparison } from '../../src/core/findings.ts';
import type { WindowCounts } from '../../src/compare/overdispersion.ts';
import type { ComparedWindow } from '../../src/compare/compared-window.ts';
import { NO_SETTINGS } from '../../src/core/columns/feature-settings.ts';
import { WindowHistory } from '../../src/judge/earlier-windows.ts';
import { poolWindows } from '../../src/judge/pool-windows.ts';
import { NOTHING_EARLIER } from '../../src/judge/windows-before.ts';
import { normalQuantile, normalSurvival } from '../../src/stats/distributions.ts';
import { createRandom } from '../../src/stats/random.ts';

const BINS = 10;

export interface Setting {
  readonly referenceRows: number;
  readonly windowRows: number;
  readonly features: number;
  /** Of the first feature, in standard deviations, `window` windows after the change began (0: the first). */
  readonly shift: (window: number) => number;
  /** Beside a reference without times; days of which all rows share a part, in standard deviations. */
  readonly withoutTimes?: { readonly weather: number; readonly memory: number; readonly share: number };
}

const DAY_MS = 86_400_000;

/** One reference, and windows that come one after the other. */
export class Series {
  private readonly setting: Setting;
  private readonly random: () => number;
  private readonly history = new WindowHistory(NOTHING_EARLIER);
  /** Of each feature the reference's own deciles, on the scale of true probabilities. */
  private readonly edges: readonly (readonly number[])[];
  private readonly reference: readonly (readonly number[])[];
  private readonly weather: number[];

  constructor(setting: Setting, seed: number) {
    this.setting = setting;
    this.random = createRandom(seed);
    const drawn = Array.from({ length: setting.features }, () =>
      Float64Array.from({ length: setting.referenceRows }, this.random).sort(),
    );
    this.edges = drawn.map((sorted) =>
      Array.from({ length: BINS - 1 }, (_, i) => sorted[Math.ceil(((i + 1) / BINS) * sorted.length) - 1]!),
    );
    this.reference = drawn.map((sorted, i) => counted(sorted, this.edges[i]!));
    const sd = setting.withoutTimes?.weather ?? 0;
    this.weather = drawn.map(() => (sd === 0 ? 0 : sd * this.normal()));
  }

  /** Features that the next window accuses together with those before it. Before the change, `age` < 0, there is none. */
  next(age: number): string[] {
    const features = this.reference.map((reference, i) => {
      const away = (i === 0 && age >= 0 ? this.setting.shift(age) : 0) + this.nextWeather(i);
      return compared(`f${i}`, reference, this.window(i, away));
    });
    const window = { features } as unknown as ComparedWindow;
    const judged = poolWindows(window, this.history.windows, {
      healthy: NOTHING_EARLIER,
      minRows: 200,
      settings: NO_SETTINGS,
      ...(this.setting.withoutTimes !== undefined && {
        isUntimed: true,
        around: this.history.around,
        lengthMs: DAY_MS,
      }),
    });
    this.history.add({ features: judged.features, diagnosis: { faults: [] } as never });
    return judged.features.filter(({ pooled }) => pooled?.drifted === true).map(({ name }) => name);
  }

  private normal(): number {
    return normalQuantile(this.random());
  }

  /** Of a feature's next day: a first-order autoregression, which most features have or a share of them. */
  private nextWeather(feature: number): number {
    const { weather = 0, memory = 0, share = 1 } = this.setting.withoutTimes ?? {};
    if (weather === 0 || feature >= share * this.setting.features) return 0;
    const next = memory * this.weather[feature]! + weather * Math.sqrt(1 - memory ** 2) * this.normal();
    this.weather[feature] = next;
    return next;
  }

  private window(feature: number, away: number): number[] {
    // A normal value moved by `away` lies below an edge of z where it lay below z − away before.
    const edges = this.edges[feature]!.map((edge) =>
      away === 0 ? edge : normalSurvival(away - normalQuantile(edge)),
    );
    return counted(Float64Array.from({ length: this.setting.windowRows }, this.random), edges);
  }
}

/** As deciles are counted: (lo, hi]. */
function counted(values: Float64Array, edges: readonly number[]): number[] {
  const counts = Array.from({ length: BINS }, () => 0);
  for (const value of values) {
    let bin = 0;
    while (bin < edges.length && value > edges[bin]!) bin += 1;
    counts[bin] = counts[bin]! + 1;
  }
  return counts;
}

function compared(name: string, reference: readonly number[], current: number[]): FeatureComparison {
  const bins = Array.from({ length: BINS }, (_, i): WindowCounts['bins'][number] => (i === 9 ? null : i));
  return {
    name,
    kind: 'numeric',
    status: 'ok',
    p_value: 1,
    counts: { bins, reference: [...reference], current },
  } as unknown as FeatureComparison;
}
