/** Models of a fleet that never was, each with a story; the same for the same seed. */
import { DAY_MS, HOUR_MS } from '../../../src/core/clock.ts';
import type { ShiftKind, VerdictKind } from '../../../src/core/findings.ts';
import type { ModelSpec } from '../../../src/core/model.ts';
import { createRandom, type Random } from '../../../src/stats/random.ts';
import { modelSpec } from '../model-spec.ts';

/** What happened to a model, in windows counted back from the newest that is closed; `no_data`: nothing came. */
export interface FleetStory {
  readonly verdict: VerdictKind | 'no_data';
  readonly types: readonly ShiftKind[];
  readonly beganDaysAgo: number;
  /** 0: it goes on. */
  readonly endedDaysAgo: number;
  readonly acknowledgedBy: string | null;
}

export interface FleetPlan {
  readonly spec: ModelSpec;
  readonly sizeMs: number;
  readonly rowsPerHour: number;
  /** What the model is like while nothing happens: a share of right answers, or an error. */
  readonly quality: number;
  /** Null: all is quiet. */
  readonly story: FleetStory | null;
  /** Configured, and nothing was logged yet. */
  readonly isWaiting: boolean;
}

const SUBJECTS = ['credit', 'fraud', 'churn', 'price', 'demand', 'claims', 'search', 'upsell'] as const;
const PLACES = ['retail', 'small-business', 'mobile', 'branch', 'web', 'partner'] as const;
const TEAMS = ['risk', 'growth', 'payments', 'logistics'] as const;
const REGIONS = ['emea', 'apac', 'amer'] as const;
const STORIES: readonly (readonly [FleetStory['verdict'], readonly ShiftKind[]])[] = [
  ['covariate_shift', ['covariate_shift']],
  ['data_fault', ['data_fault']],
  ['concept_drift', ['concept_drift']],
  ['label_shift', ['label_shift']],
  ['mixed', ['covariate_shift', 'concept_drift']],
  ['no_data', []],
  ['undetermined', []],
];

/** One model in ten is watched by the hour, the others by the day; one in eight has a story, of which half go on. */
export function planFleet(models: number, seed: number): FleetPlan[] {
  const random = createRandom(seed);
  return Array.from({ length: models }, (_, n) => planModel(n, models, random));
}

function planModel(n: number, models: number, random: Random): FleetPlan {
  const subject = SUBJECTS[Math.floor(random() * SUBJECTS.length)]!;
  const place = PLACES[Math.floor(random() * PLACES.length)]!;
  const isRegression = subject === 'price' || subject === 'demand';
  const sizeMs = n % 10 === 0 ? HOUR_MS : DAY_MS;
  const digits = String(models).length;
  return {
    spec: modelSpec({
      name: `${subject}-${place}-${String(n).padStart(digits, '0')}`,
      task: isRegression ? 'regression' : 'classification',
      positiveClass: isRegression ? null : 'yes',
      tags: {
        team: TEAMS[Math.floor(random() * TEAMS.length)]!,
        region: REGIONS[Math.floor(random() * REGIONS.length)]!,
      },
      windows: [{ sizeMs, graceMs: 0, acceptLateMs: DAY_MS }],
    }),
    sizeMs,
    rowsPerHour: Math.round(50 * 10 ** (random() * 3)),
    quality: isRegression ? 5 + random() * 20 : 0.8 + random() * 0.18,
    story: n % 8 === 3 ? planStory(Math.floor(n / 8), random) : null,
    isWaiting: n % 100 === 99,
  };
}

function planStory(n: number, random: Random): FleetStory {
  const [verdict, types] = STORIES[n % STORIES.length]!;
  const endedDaysAgo = random() < 0.5 ? 0 : 5 + Math.floor(random() * 30);
  return {
    verdict,
    types,
    beganDaysAgo: endedDaysAgo + 3 + Math.floor(random() * 12),
    endedDaysAgo,
    acknowledgedBy: random() < 0.2 ? 'ana' : null,
  };
}
