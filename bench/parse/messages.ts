import { createRandom } from '../../src/stats/random.ts';
import type { Random } from '../../src/stats/random.ts';
import { buildReference } from '../../src/stats/table/table-reference.ts';
import type { ReferenceProfile } from '../../src/stats/profile/feature-reference.ts';
import type { Column } from '../../src/core/table.ts';

const LEVELS = ['web', 'mobile', 'branch', 'partner', 'phone', 'other'];
const CATEGORICAL_SHARE = 5;
const START_MS = Date.UTC(2026, 2, 1);

/** One feature in five holds one of six texts; of the numbers some are whole, some money, some full doubles. */
export function featureName(at: number): string {
  return `${at % CATEGORICAL_SHARE === 4 ? 'channel' : 'measurement'}_${at}`;
}

function featureValue(at: number, random: Random): string | number | null {
  if (at % CATEGORICAL_SHARE === 4) return LEVELS[Math.floor(random() ** 2 * LEVELS.length)] ?? 'web';
  if (random() < 0.01) return null;
  const bell = random() + random() + random() - 1.5;
  if (at % 3 === 0) return Math.round(40 + 20 * bell);
  if (at % 3 === 1) return Math.round(250_000 + 100_000 * bell) / 100;
  return bell;
}

/** Prediction messages as a service logs them: 20 features are about 770 bytes. The same seed, the same bytes. */
export function predictionMessages(count: number, features: number, seed = 1): Buffer[] {
  const random = createRandom(seed);
  const names = Array.from({ length: features }, (_, at) => featureName(at));
  const one = (at: number): Buffer => {
    const score = Math.round(random() * 1e6) / 1e6;
    return Buffer.from(
      JSON.stringify({
        type: 'prediction',
        prediction_id: `6f9619ff-8b86-4d01-b42d-${String(seed * 1e9 + at).padStart(12, '0')}`,
        model: 'credit-risk',
        model_version: '3',
        timestamp: new Date(START_MS + at * 7).toISOString(),
        features: Object.fromEntries(names.map((name, feature) => [name, featureValue(feature, random)])),
        tags: { region: 'eu' },
        prediction: score > 0.5 ? 'approve' : 'deny',
        score,
        latency_ms: Math.round(random() * 500) / 10,
      }),
    );
  };
  return Array.from({ length: count }, (_, at) => one(at));
}

const LEFT_OUT = 0.3;

/** The same messages as producers write them whose keys have no order, and who leave out what they do not know. */
export function changingMessages(count: number, features: number, seed = 1): Buffer[] {
  const random = createRandom(seed + 1);
  const shuffled = (object: object, leftOut: number): object =>
    Object.fromEntries(
      Object.entries(object)
        .filter(() => random() >= leftOut)
        .map((entry) => ({ entry, place: random() }))
        .sort((a, b) => a.place - b.place)
        .map(({ entry }) => entry),
    );
  return predictionMessages(count, features, seed).map((message) => {
    const event = JSON.parse(message.toString('utf8')) as { features: object };
    return Buffer.from(
      JSON.stringify(shuffled({ ...event, features: shuffled(event.features, LEFT_OUT) }, 0)),
    );
  });
}

/** A baseline of the same features, on the grid a window gets. */
export function trainingReference(rows: number, features: number, seed = 99): ReferenceProfile {
  const random = createRandom(seed);
  const table: (string | number | null)[][] = Array.from({ length: rows }, () =>
    Array.from({ length: features }, (_, at) => featureValue(at, random)),
  );
  const scores = Float64Array.from({ length: rows }, () => Math.round(random() * 1e6) / 1e6);
  const column = (at: number): Column => {
    const cells = table.map((row) => row[at] ?? null);
    if (at % CATEGORICAL_SHARE !== 4) {
      const values = Float64Array.from(cells, (cell) => (typeof cell === 'number' ? cell : Number.NaN));
      return { name: featureName(at), kind: 'numeric', values, invalid: 0 };
    }
    const codes = Int32Array.from(cells, (cell) => LEVELS.indexOf(String(cell)));
    return { name: featureName(at), kind: 'categorical', codes, levels: LEVELS, invalid: 0 };
  };
  const classes = {
    name: 'prediction',
    kind: 'categorical',
    levels: ['approve', 'deny'],
    codes: Int32Array.from(scores, (score) => (score > 0.5 ? 0 : 1)),
    invalid: 0,
  } as const;
  return buildReference(
    {
      rows,
      features: Array.from({ length: features }, (_, at) => column(at)),
      prediction: classes,
      score: { name: 'score', kind: 'numeric', values: scores, invalid: 0 },
      label: { ...classes, name: 'label' },
      timestampMs: null,
      predictionId: null,
    },
    { task: 'classification', positiveClass: 'approve' },
  );
}
