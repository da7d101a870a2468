import * as fc from 'fast-check';

/** JSON scalars in all their spellings. */
const scalar = fc.oneof(
  { weight: 4, arbitrary: fc.double({ noNaN: true, noDefaultInfinity: true }).map((x) => JSON.stringify(x)) },
  { weight: 3, arbitrary: fc.integer({ min: -5, max: 40 }).map(String) },
  {
    weight: 2,
    arbitrary: fc
      .tuple(fc.bigInt({ min: 0n, max: 10n ** 21n }), fc.stringMatching(/^\d{1,24}$/))
      .map(([whole, fraction]) => `${whole}.${fraction}`),
  },
  {
    weight: 3,
    arbitrary: fc.constantFrom('"a"', '"b"', '"yes"', '"no"', '"new"', 'null', 'true', 'false', '""'),
  },
  {
    weight: 2,
    arbitrary: fc.string({ unit: 'grapheme', maxLength: 12 }).map((text) => JSON.stringify(text)),
  },
  {
    weight: 3,
    arbitrary: fc.constantFrom(
      '0',
      '-0',
      '-0.0',
      '1e999',
      '-1E999',
      '1E-7',
      '2.5e+3',
      '12345678901234567890',
      '9007199254740993',
      '0.1',
      '1.0',
      '"1.0"',
      '" 1 "',
      String.raw`"\u00e9"`,
      '"é"',
      '"日本"',
      String.raw`"\ud83d\ude00"`,
      String.raw`"\ud800"`,
      String.raw`"a\/b"`,
      String.raw`"\u0000"`,
      String.raw`"\\"`,
      `"${'x'.repeat(1200)}"`,
    ),
  },
);

/** What is no scalar, or no JSON at all. */
const odd = fc.constantFrom(
  'NaN',
  'Infinity',
  '-Infinity',
  '01',
  '1.',
  '.5',
  '+1',
  '-',
  '1e',
  'tru',
  '"\u0001"',
  '"open',
  '',
  String.raw`"\x"`,
  String.raw`"\u12"`,
  '{}',
  '[]',
  '[1,{"a":2}]',
  '{"x":1,"x":2}',
  '{"deep":{"deeper":[null]}}',
);

const mostly = (usual: fc.Arbitrary<string>, rare: fc.Arbitrary<string>): fc.Arbitrary<string> =>
  fc.oneof({ weight: 40, arbitrary: usual }, { weight: 1, arbitrary: rare });
const spelled = mostly(scalar, odd);

const name = fc.oneof(
  { weight: 40, arbitrary: fc.constantFrom('x', 'c', 'k', 'é', '__proto__', '7', '3', 'constructor', '[]') },
  { weight: 1, arbitrary: fc.constantFrom('', ' ', 'é', 'a\u0007', 'toString') },
);

const mostlyDistinct = (of: fc.Arbitrary<string>, maxLength: number): fc.Arbitrary<string[]> =>
  fc.oneof(
    { weight: 12, arbitrary: fc.uniqueArray(of, { maxLength }) },
    { weight: 1, arbitrary: fc.array(of, { maxLength }) },
  );

const time = fc.oneof(
  {
    weight: 20,
    arbitrary: fc
      .date({ min: new Date(0), max: new Date(Date.UTC(2026, 2, 1, 12)), noInvalidDate: true })
      .map((at) => `"${at.toISOString()}"`),
  },
  {
    weight: 2,
    arbitrary: fc.constantFrom(
      '"2026-03-01T12:00:00Z"',
      '"2026-03-01T12:00:00.1Z"',
      '"2026-03-01T11:59:60.123456789Z"',
      '1772366400',
      '1772366400000999999',
      '1772366400000999936',
      '"2026-03-01T10:00:00+01:00"',
      '"2026-02-30T10:00:00Z"',
      '"2026-03-01T24:00:00Z"',
      '"2026-03-01T12:0a:00Z"',
      '"2026-03-01"',
      '"2026-03-01 12:00"',
      '1772366400123',
      '"1772366400"',
      '"2300-01-01T00:00:00Z"',
      '1e300',
      '"2026-03-01T12:00:00.Z"',
      '"2026-03-01T12:00:00.1234567890Z"',
      '"2026-03-01T12:00:99Z"',
      'null',
      '-5',
    ),
  },
);

const amount = fc.oneof(
  fc.double({ min: 0, max: 1e4, noNaN: true }).map((x) => JSON.stringify(x)),
  fc.constantFrom('0', '-1', '1e-20', '1e15', 'null', '12.5', '1e999'),
);

type Spelling = (given: readonly string[]) => string;

interface Field {
  readonly key: string;
  readonly value: fc.Arbitrary<string>;
}
const scalarField = (key: string, value: fc.Arbitrary<string>): Field => ({ key, value });
const REQUIRED = [
  scalarField(
    'type',
    mostly(fc.constant('"prediction"'), fc.constantFrom('"features"', '"label"', 'null', '7')),
  ),
  scalarField('model', mostly(fc.constant('"m"'), fc.constantFrom('"é"', 'null', '3', '"m2"'))),
];
const FIELDS = [
  scalarField('model_version', mostly(fc.constant('3'), fc.constantFrom('"3"', '1.0', 'null'))),
  scalarField(
    'prediction_id',
    mostly(
      fc.uuid().map((id) => `"${id}"`),
      scalar,
    ),
  ),
  scalarField('timestamp', time),
  scalarField(
    'prediction',
    fc.oneof(fc.constantFrom('"yes"', '"no"', '1', '1.0', '"1.0"', 'true', '" "'), spelled),
  ),
  scalarField('score', mostly(fc.double({ min: 0, max: 1, noNaN: true }).map(String), spelled)),
  scalarField('latency_ms', mostly(amount, spelled)),
  scalarField('cost', mostly(amount, spelled)),
  scalarField('energy_j', mostly(amount, spelled)),
  scalarField('holdout', mostly(fc.constantFrom('true', 'false', 'null'), fc.constant('1'))),
  scalarField(
    'error',
    mostly(
      fc.constantFrom('null', 'false', '""', '"timeout"', '"time\\u006fut"', '"gpu: é"'),
      fc.constantFrom('{"code":5}', '0', 'true', `"${'x'.repeat(1200)}"`),
    ),
  ),
  scalarField('label', spelled),
  scalarField('request_id', mostly(fc.constantFrom('"r-1"', '"r-2"', '"é"', 'null'), spelled)),
  scalarField('features_ms', mostly(amount, spelled)),
  scalarField('inference_ms', mostly(amount, spelled)),
  scalarField('network_ms', mostly(amount, spelled)),
  scalarField('mode', mostly(fc.constantFrom('"online"', '"batch"'), spelled)),
  scalarField('hardware', mostly(fc.constantFrom('"cpu"', '"gpu é"'), spelled)),
  scalarField(
    'batch',
    mostly(
      fc.tuple(amount, spelled).map(([size, id]) => `{"id":${id},"size":${size},"duration_ms":12.5}`),
      fc.constantFrom('{"size":7}', '{"size":7,"more":{"a":[1]}}', '3', 'null', '[1,2]', '{}'),
    ),
  ),
  scalarField('trace', spelled),
];

const REQUIRED_OF_LABELS = [
  scalarField('type', mostly(fc.constant('"label"'), fc.constantFrom('"prediction"', 'null'))),
  scalarField('model', mostly(fc.constant('"m"'), fc.constantFrom('"é"', 'null', '"m2"'))),
  scalarField(
    'prediction_id',
    mostly(
      fc.uuid().map((id) => `"${id}"`),
      scalar,
    ),
  ),
  scalarField(
    'label',
    mostly(fc.constantFrom('"yes"', '"no"', '1', '1.0', '"1.0"', 'true', '-0', '1e999', '" "'), spelled),
  ),
];
const FIELDS_OF_LABELS = [
  scalarField('timestamp', time),
  scalarField('source', mostly(fc.constantFrom('"natural"', '"user"', '"inferred"', 'null'), spelled)),
  scalarField('final', mostly(fc.constantFrom('true', 'false', 'null'), spelled)),
  scalarField('model_version', spelled),
  scalarField('prediction', spelled),
  scalarField('score', spelled),
  scalarField('error', spelled),
  scalarField('trace', spelled),
];

interface Template {
  readonly parts: readonly string[];
  readonly values: readonly fc.Arbitrary<string>[];
}

/** How a key is written: with its first letter as an escape, too. */
type KeySpelling = (key: string) => string;
const plainKey: KeySpelling = (key) => JSON.stringify(key);
const escapedKey: KeySpelling = (key) =>
  key === ''
    ? '""'
    : `"\\u${key.charCodeAt(0).toString(16).padStart(4, '0')}${JSON.stringify(key.slice(1)).slice(1)}`;

interface Style {
  readonly colon: string;
  readonly comma: string;
  readonly key: KeySpelling;
}

const objectOf = (
  entries: readonly (readonly [string, fc.Arbitrary<string>])[],
  { colon, comma, key: spell }: Style,
): Template => {
  const parts: string[] = [];
  let text = '{';
  for (const [i, [key]] of entries.entries()) {
    parts.push(`${text}${i === 0 ? '' : comma}${spell(key)}${colon}`);
    text = '';
  }
  return { parts: [...parts, `${text}}`], values: entries.map(([, value]) => value) };
};

/** Messages of one shape: keys, their order, and white space. */
const shapes = (
  spelling: fc.Arbitrary<KeySpelling>,
  required: readonly Field[],
  others: readonly Field[],
): fc.Arbitrary<fc.Arbitrary<Buffer>> =>
  fc
    .record({
      fields: fc.shuffledSubarray([...others]),
      repeated: fc.option(fc.constantFrom(...others), { nil: undefined, freq: 20 }),
      names: mostlyDistinct(name, 6),
      tags: fc.uniqueArray(name, { maxLength: 2 }),
      classes: fc.option(fc.uniqueArray(fc.constantFrom('yes', 'no', '1', '1.0', '0'), { maxLength: 3 }), {
        nil: undefined,
      }),
      spacing: fc.constantFrom([':', ','], [': ', ', '], [' :\t', '\r\n,']),
      ends: fc.constantFrom(['', ''], ['', ''], ['', ''], ['', '\n'], [' ', '  '], ['\ufeff', ''], ['', 'x']),
      spelling,
      order: fc.shuffledSubarray([...required], { minLength: required.length }),
      featuresFirst: fc.boolean(),
    })
    .map(({ fields, repeated, names, tags, classes, spacing, ends, spelling: key, order, featuresFirst }) => {
      const [colon = ':', comma = ','] = spacing;
      const style = { colon, comma, key };
      const nested = (keys: readonly string[], value: fc.Arbitrary<string>): fc.Arbitrary<string> => {
        const template = objectOf(
          keys.map((each) => [each, value]),
          style,
        );
        return fc.tuple(...template.values).map(fill(template));
      };
      const scalars = [...order, ...fields, ...(repeated === undefined ? [] : [repeated])].map(
        ({ key: field, value }): [string, fc.Arbitrary<string>] => [field, value],
      );
      const objects: [string, fc.Arbitrary<string>][] = [
        ['features', names.length === 0 ? fc.constantFrom('{}', 'null') : nested(names, spelled)],
        ['tags', nested(tags, spelled)],
      ];
      if (classes !== undefined)
        objects.push([
          'probabilities',
          nested(
            classes,
            fc.oneof(
              fc.double({ min: 0, max: 1, noNaN: true }).map(String),
              fc.constantFrom('null', '1e999', '"0.5"'),
            ),
          ),
        ]);
      const template = objectOf(featuresFirst ? [...objects, ...scalars] : [...scalars, ...objects], style);
      return fc
        .tuple(...template.values)
        .map((values) => Buffer.from(`${ends[0]}${fill(template)(values)}${ends[1]}`));
    });

const orDamaged = (message: fc.Arbitrary<Buffer>): fc.Arbitrary<Buffer> =>
  fc.oneof({ weight: 9, arbitrary: message }, { weight: 1, arbitrary: message.chain(damaged) });

/** Sibling messages: the same keys, order and white space, other values; sometimes a byte is changed, lost or added. */
export const siblings: fc.Arbitrary<Buffer[]> = shapes(fc.constant(plainKey), REQUIRED, FIELDS).chain(
  (message) => fc.array(orDamaged(message), { minLength: 2, maxLength: 8 }),
);

/** Sibling messages that are labels. */
export const labels: fc.Arbitrary<Buffer[]> = shapes(
  fc.constant(plainKey),
  REQUIRED_OF_LABELS,
  FIELDS_OF_LABELS,
).chain((message) => fc.array(orDamaged(message), { minLength: 2, maxLength: 8 }));

/** Messages that have little more in common than most of their names. */
export const cousins: fc.Arbitrary<Buffer[]> = fc.array(
  shapes(
    fc.oneof(
      { weight: 12, arbitrary: fc.constant(plainKey) },
      { weight: 1, arbitrary: fc.constant(escapedKey) },
    ),
    REQUIRED,
    FIELDS,
  ).chain(orDamaged),
  { minLength: 8, maxLength: 40 },
);

function fill({ parts }: Template): Spelling {
  return (values) => parts.map((part, i) => part + (values[i] ?? '')).join('');
}

function damaged(message: Buffer): fc.Arbitrary<Buffer> {
  return fc
    .record({
      at: fc.nat(message.length),
      byte: fc.integer({ min: 0, max: 255 }),
      lost: fc.nat(2),
      added: fc.boolean(),
    })
    .map(({ at, byte, lost, added }) =>
      Buffer.concat([message.subarray(0, at), Buffer.from(added ? [byte] : []), message.subarray(at + lost)]),
    );
}
