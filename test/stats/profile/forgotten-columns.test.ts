import { expect, it } from 'vitest';
import { decodeReference, encodeReference } from '../../../src/stats/profile/reference-codec.ts';
import { withoutFeature } from '../../../src/stats/profile/forgotten-columns.ts';
import { InputProfile } from '../../../src/stats/profile/input-profile.ts';
import { decodeRowSample, encodeRowSample } from '../../../src/stats/profile/rows/row-sample-codec.ts';
import { RowSample } from '../../../src/stats/profile/rows/row-sample.ts';
import { buildReference } from '../../../src/stats/table/table-reference.ts';
import { createRandom } from '../../../src/stats/random.ts';
import { tableOf } from '../../diagnose/tables.ts';

const FEATURES = ['income', 'city', 'wide', 'age'] as const;
const random = createRandom(5);
const row = (n: number) => ({
  income: Math.round(1e6 * random()) / 1e3,
  city: ['rome', 'oslo', 'bern'][n % 3]!,
  wide: 1e9 * random(),
  age: n % 70,
});
const training = Array.from({ length: 900 }, (_, n) => row(n));
const reference = buildReference(
  tableOf({
    features: Object.fromEntries(FEATURES.map((name) => [name, training.map((each) => each[name])])),
  }),
  { task: 'classification', positiveClass: null },
);
const rows = Array.from(
  { length: 300 },
  (_, n) => new Map<string, number | string>(Object.entries({ ...row(n), city: `new-${n % 9}` })),
);

function counted(of: typeof reference, features: readonly Map<string, number | string>[]): InputProfile {
  const profile = new InputProfile(of, 'classification');
  for (const each of features)
    profile.add(
      {
        features: each,
        prediction: 'a',
        score: 0.5,
        latencyMs: null,
        cost: null,
        energyJ: null,
        error: null,
      },
      1,
    );
  return profile;
}
function sampled(of: typeof reference): RowSample {
  const sample = new RowSample(of);
  for (const [n, features] of rows.entries())
    sample.addPrediction(BigInt(n), features, {
      prediction: 'a',
      score: null,
      segments: [],
      atMs: null,
      probabilities: null,
    });
  return sample;
}

for (const name of FEATURES) {
  const others = rows.map((each) => new Map([...each].filter(([key]) => key !== name)));
  const kept = withoutFeature(reference, name);

  it(`${name}: the baseline holds neither its name nor its values, and is itself again`, () => {
    const bytes = encodeReference(kept);
    expect(Buffer.from(bytes).includes(name)).toBe(false);
    if (name === 'city') expect(Buffer.from(bytes).includes('oslo')).toBe(false);
    expect(decodeReference(bytes)).toEqual(kept);
    expect(withoutFeature(decodeReference(bytes), name)).toMatchObject({ features: kept.features });
  });

  it(`${name}: counts of before are read without it, whatever it held, and are as if it had never come`, () => {
    const before = counted(reference, rows).encode();
    const read = InputProfile.decode(before, kept, 'classification');
    expect(read.encode()).toEqual(counted(kept, others).encode());
    expect(InputProfile.decode(read.encode(), kept, 'classification').encode()).toEqual(read.encode());
    // A process that still knows the column reads the place as one in which nothing was counted.
    const known = InputProfile.decode(read.encode(), reference, 'classification');
    const at = FEATURES.indexOf(name);
    expect(known.features[at]!.rows).toBe(0);
    known.merge(InputProfile.decode(before, reference, 'classification'));
    expect(known.features[at]!.rows).toBe(rows.length);
  });

  it(`${name}: samples of rows are read without it`, () => {
    const before = encodeRowSample(sampled(reference));
    const read = decodeRowSample(before, kept);
    expect(encodeRowSample(read)).toEqual(encodeRowSample(sampled(kept)));
    const at = FEATURES.indexOf(name);
    const known = decodeRowSample(encodeRowSample(read), reference);
    expect(known.rows.map(([, each]) => each.values?.[at])).toEqual(rows.map(() => undefined));
    expect(known.rows.map(([, each]) => each.values?.length)).toEqual(rows.map(() => FEATURES.length));
  });
}

it('two that are forgotten, one after the other, in either order', () => {
  const [one, two] = [
    ['income', 'city'],
    ['city', 'income'],
  ].map((names) => names.reduce((left, name) => withoutFeature(left, name), reference));
  expect(one).toEqual(two);
  const before = counted(withoutFeature(reference, 'city'), rows).encode();
  expect(
    InputProfile.decode(before, one!, 'classification').features.map(({ reference: of }) => of.name),
  ).toEqual(['wide', 'age']);
});
