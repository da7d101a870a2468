/**
 * What the row samples of an hour's checkpoints write beside the counts: `node bench/profile/checkpoints.ts`.
 *
 * One process, a checkpoint every five seconds, 20 features. The last columns are what an evaluation does: read all
 * parts and add them up.
 */
import { createRandom } from '../../src/stats/random.ts';
import type { FeatureReference } from '../../src/stats/profile/feature-reference.ts';
import { InputProfile } from '../../src/stats/profile/input-profile.ts';
import { encodeRowSample } from '../../src/stats/profile/rows/row-sample-codec.ts';
import { RowSample } from '../../src/stats/profile/rows/row-sample.ts';
import { sumRowSamples } from '../../src/stats/profile/rows/sum-row-samples.ts';
import { coarsenReference } from '../../src/stats/profile/coarsen.ts';
import { SampleCutoffs } from '../../src/window/checkpoint/sample-cutoffs.ts';
import { trainingReference } from '../parse/messages.ts';

const FEATURES = 20;
const CHECKPOINTS = 720;
const RATES = [20, 200, 2_000];
const SECONDS = 5;
const WINDOW_ID = 1;

const random = createRandom(7);
const reference = coarsenReference(trainingReference(5_000, FEATURES), 512);

function valueOf(feature: FeatureReference): number | string {
  if (feature.kind === 'numeric') return Math.round(1e5 * (random() + random() - 1)) / 100;
  return feature.levels[Math.floor(random() ** 2 * feature.levels.length)] ?? 'web';
}

const START_MS = Date.UTC(2026, 2, 1);
const features = { get: (name: string) => values.get(name) };
const values = new Map<string, number | string>();

function draw(): bigint {
  return (BigInt(Math.floor(2 ** 32 * random()) - 2 ** 31) << 32n) | BigInt(Math.floor(2 ** 32 * random()));
}

/** Only rows that are wanted are made: the others cost a comparison. */
function checkpoint(rows: number, cutoffs: SampleCutoffs): RowSample {
  const sample = new RowSample(reference, { cutoff: cutoffs.of(WINDOW_ID) });
  for (let row = 0; row < rows; row++) {
    const hash = draw();
    if (!sample.wants(hash)) continue;
    for (const feature of reference.features) values.set(feature.name, valueOf(feature));
    sample.addPrediction(hash, features, {
      prediction: 'approve',
      score: random(),
      segments: ['region=eu'],
      atMs: START_MS + Math.floor(3_600_000 * random()),
      probabilities: null,
    });
  }
  return sample;
}

function countsOf(rows: number): number {
  const profile = new InputProfile(reference, 'classification');
  for (let row = 0; row < rows; row++) {
    for (const feature of reference.features) values.set(feature.name, valueOf(feature));
    profile.add({ features: new Map(values), prediction: 'approve', score: random() }, 1);
  }
  return profile.encode().length;
}

const kilobytes = (bytes: number): string => (bytes / 1e3).toFixed(1).padStart(9);

console.log(
  'rows a checkpoint   rows written   kB: counts of one   samples: first      10th     720th   all of an hour   ' +
    'their sum   ms to add up, of a processor',
);
for (const rate of RATES) {
  const rows = rate * SECONDS;
  const cutoffs = new SampleCutoffs();
  const parts: Uint8Array[] = [];
  const sizes: number[] = [];
  let written = 0;
  for (let at = 0; at < CHECKPOINTS; at++) {
    const sample = checkpoint(rows, cutoffs);
    written += sample.rows.length;
    const bytes = sample.held === 0 ? null : encodeRowSample(sample);
    if (bytes !== null) parts.push(bytes);
    sizes.push(bytes?.length ?? 0);
    cutoffs.note(WINDOW_ID, sample);
  }
  const from = process.cpuUsage();
  const sum = sumRowSamples(parts, reference);
  const { user, system } = process.cpuUsage(from);
  const ms = (user + system) / 1_000;
  const all = sizes.reduce((total, bytes) => total + bytes, 0);
  console.log(
    [
      String(rows).padStart(17),
      String(written).padStart(14),
      kilobytes(countsOf(rows)).padStart(19),
      kilobytes(sizes[0] ?? 0).padStart(16),
      kilobytes(sizes[9] ?? 0),
      kilobytes(sizes.at(-1) ?? 0),
      kilobytes(all).padStart(16),
      kilobytes(encodeRowSample(sum).length).padStart(11),
      ms.toFixed(0).padStart(14),
    ].join(' '),
  );
}
