import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createDetector, optionsOf, restoreDetector } from '../../../src/stats/detectors/create-detector.ts';
import type { Detector, DetectorState } from '../../../src/stats/detectors/detector.ts';
import { DETECTORS } from '../../../src/stats/detectors/registry.ts';
import { createRandom } from '../../../src/stats/random.ts';

const QUICK = new Map<string, Record<string, number>>([
  ['adwin', { delta: 0.3, clock: 3, max_buckets: 2, min_window: 2 }],
  ['page_hinkley', { threshold: 1, min_values: 5 }],
  ['cusum', { threshold: 1, min_values: 5 }],
  ['gma', { threshold: 0.1, alpha: 0.8, min_values: 5 }],
  ['ddm', { warm_start: 5, warning: 1, drift: 1.5 }],
  ['eddm', { warm_start: 5 }],
  ['hddm_a', { drift_confidence: 0.2, warning_confidence: 0.4 }],
  ['hddm_w', { drift_confidence: 0.2, warning_confidence: 0.4, lambda: 0.3 }],
  ['kswin', { window: 20, sample: 10, alpha: 0.1 }],
  ['bocd', { min_values: 5, max_run: 30 }],
]);

/** Every detector as it comes, two-sided, standardised, and quick to alarm, so that a cut may fall right behind one. */
const VARIANTS: readonly (readonly [string, Record<string, number>])[] = DETECTORS.flatMap((definition) => {
  const has = (name: string): boolean => optionsOf(definition).some((option) => option.name === name);
  const quick = QUICK.get(definition.name) ?? {};
  return [
    [definition.name, {}] as const,
    [definition.name, quick] as const,
    ...(has('two_sided') ? [[definition.name, { ...quick, two_sided: 1 }] as const] : []),
    ...(has('standardize') ? [[definition.name, { ...quick, standardize: 20 }] as const] : []),
    ...(definition.name === 'adwin'
      ? [[definition.name, { ...quick, reset: 0, standardize: 5 }] as const]
      : []),
  ];
});

function make(name: string, options: Record<string, number> = {}): Detector {
  const created = createDetector(name, options);
  if (!created.ok) throw new Error(created.error.detail);
  return created.value;
}

/** Regimes of random length and level, with gaps; what every kind of detector can read, and some that it cannot. */
function stream(seed: number, length: number): number[] {
  const random = createRandom(seed);
  const values: number[] = [];
  while (values.length < length) {
    const rate = random();
    const stretch = 20 + Math.floor(100 * random());
    for (let i = 0; i < stretch; i++) {
      const odd = random();
      values.push(odd < 0.01 ? Number.NaN : odd < 0.02 ? random() : random() < rate ? 1 : 0);
    }
  }
  return values.slice(0, length);
}

/** What it says to each value, and behind a drift where it began. */
function answers(detector: Detector, values: readonly number[]): string[] {
  return values.map((value) => {
    const signal = detector.update(value);
    return signal === 'drift' ? `drift, ${detector.changeAge ?? 'nowhere'}` : signal;
  });
}

function resumed(detector: Detector): Detector {
  const restored = restoreDetector(throughJson(detector));
  if (!restored.ok) throw new Error(restored.error.detail);
  return restored.value;
}

function throughJson(detector: Detector): unknown {
  return JSON.parse(JSON.stringify(detector.save()));
}

describe.each(VARIANTS)('%s %j', (name, options) => {
  it('gives the same alarms when cut anywhere and resumed', () => {
    let alarms = 0;
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 2 ** 30 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (seed, share) => {
          const values = stream(seed, 400);
          const cut = Math.floor(share * values.length);
          const whole = make(name, options);
          const expected = answers(whole, values);
          const first = make(name, options);
          const before = answers(first, values.slice(0, cut));
          const second = resumed(first);
          expect([...before, ...answers(second, values.slice(cut))]).toEqual(expected);
          expect(throughJson(second)).toEqual(throughJson(whole));
          alarms += expected.filter((answer) => answer.startsWith('drift')).length;
        },
      ),
      { numRuns: 25, seed: 4 },
    );
    // A law about alarms wants some.
    if (Object.keys(options).length > 1) expect(alarms).toBeGreaterThan(0);
  });

  it('gives the same alarms when cut behind every single value', () => {
    const values = stream(11, 150);
    let at = make(name, options);
    const cut = values.flatMap((value) => {
      const answer = answers(at, [value]);
      at = resumed(at);
      return answer;
    });
    expect(cut).toEqual(answers(make(name, options), values));
  });

  it('refuses damaged states, and never breaks on one it takes', () => {
    const original = make(name, options);
    for (const value of stream(5, 300)) original.update(value);
    const state = original.save();
    const bad = fc.constantFrom<unknown>(-1, 0.5, 1e300, 'x', null, {}, [], true, undefined);
    fc.assert(
      fc.property(fc.nat(), bad, (position, value) => {
        const kernel: unknown[] = [...state.kernel];
        kernel[position % kernel.length] = value;
        const restored = restoreDetector({ ...state, kernel });
        if (!restored.ok) {
          expect(restored.error.reason).toBe('state_invalid');
          return;
        }
        const said = answers(restored.value, stream(6, 80));
        expect(
          said.filter((answer) => !/^(?:in_control|warning|drift, (?:\d+|nowhere))$/.test(answer)),
        ).toEqual([]);
      }),
      { numRuns: 100, seed: 4 },
    );
    for (const kernel of [state.kernel.slice(1), [...state.kernel, 0], []]) {
      expect(restoreDetector({ ...state, kernel })).toMatchObject({
        ok: false,
        error: { reason: 'state_invalid' },
      });
    }
  });

  it('never alarms on a constant', () => {
    for (const constant of [0, 1]) {
      const detector = make(name, options);
      const said = answers(
        detector,
        Array.from({ length: 2_000 }, () => constant),
      );
      expect(said.filter((answer) => answer.startsWith('drift'))).toEqual([]);
    }
  });

  it('skips what it cannot read, and is otherwise as if that had never come', () => {
    const plain = make(name, options);
    const gaps = make(name, options);
    const odd = [Number.NaN, Infinity, -Infinity, 1e101, -1e200];
    for (const [index, value] of stream(8, 300)
      .filter((each) => !Number.isNaN(each))
      .entries()) {
      expect(gaps.update(odd[index % odd.length] ?? Number.NaN)).toBe('in_control');
      expect(gaps.update(value)).toBe(plain.update(value));
    }
    expect(gaps.save().kernel).toEqual(plain.save().kernel);
    expect(gaps.skipped).toBe(plain.skipped + plain.seen);
  });
});

describe('what each kind reads', () => {
  it.each(DETECTORS.map((definition) => [definition.name, definition.takes] as const))(
    '%s: %s',
    (name, takes) => {
      const taken = [0, 1, 0.5, -3, 1e99, 2].filter((value) => {
        const detector = make(name);
        detector.update(value);
        return detector.skipped === 0;
      });
      expect(taken).toEqual(
        takes === 'binary' ? [0, 1] : takes === 'unit' ? [0, 1, 0.5] : [0, 1, 0.5, -3, 1e99, 2],
      );
    },
  );

  it.each(['adwin', 'page_hinkley', 'cusum', 'gma', 'kswin'])(
    '%s is not moved by a large constant',
    (name) => {
      const detector = make(name);
      const said = answers(
        detector,
        Array.from({ length: 5_000 }, () => 1e15 + 0.3),
      );
      expect(new Set(said)).toEqual(new Set(['in_control']));
    },
  );

  it('stays finite at the largest values', () => {
    for (const { name, takes } of DETECTORS) {
      if (takes !== 'number') continue;
      const detector = make(name);
      for (let i = 0; i < 300; i++) detector.update(i % 2 === 0 ? 1e100 : -1e100);
      expect(
        detector.save().kernel.every((number) => number === null || Number.isFinite(number)),
        name,
      ).toBe(true);
      expect(restoreDetector(throughJson(detector)).ok, name).toBe(true);
    }
  });

  it('sees decreases when told to', () => {
    for (const name of ['page_hinkley', 'cusum', 'hddm_a', 'hddm_w']) {
      const fall = [...Array.from({ length: 500 }, (_, i) => i % 2), ...Array.from({ length: 500 }, () => 0)];
      const drifts = (options: Record<string, number>): number => {
        const detector = make(name, options);
        return fall.filter((value) => detector.update(value) === 'drift').length;
      };
      expect([name, drifts({}), drifts({ two_sided: 1 })]).toEqual([name, 0, 1]);
    }
  });
});

describe('the size of a state', () => {
  it('does not grow with the stream, or with its logarithm', () => {
    const random = createRandom(2);
    for (const { name } of DETECTORS) {
      const detector = make(name);
      for (let i = 0; i < 20_000; i++) detector.update(random() < 0.1 ? 1 : 0);
      expect(JSON.stringify(detector.save()).length, name).toBeLessThan(12_000);
    }
  });
});

describe('mistakes', () => {
  it('are refused with their reason', () => {
    const reasons = [
      createDetector('nothing'),
      createDetector('adwin', { dleta: 1 }),
      createDetector('adwin', { delta: 2 }),
      createDetector('adwin', { clock: 1.5 }),
      createDetector('ddm', { standardize: 10 }),
      createDetector('ddm', { warning: 4 }),
      createDetector('kswin', { sample: 60 }),
      createDetector('adwin', { delta: Number.NaN }),
      createDetector('__proto__'),
    ].map((result) => (result.ok ? 'ok' : result.error.reason));
    expect(reasons).toEqual([
      'unknown_detector',
      'unknown_option',
      'option_out_of_range',
      'option_out_of_range',
      'unknown_option',
      'options_conflict',
      'options_conflict',
      'option_out_of_range',
      'unknown_detector',
    ]);
  });

  it('in a state are refused whatever it is', () => {
    const state: DetectorState = make('adwin').save();
    const hostile: unknown[] = [
      null,
      1,
      'adwin',
      [],
      {},
      { ...state, version: 2 },
      { ...state, detector: 'gone' },
      { ...state, options: null },
      { ...state, options: { max_buckets: 1e9 } },
      { ...state, options: { delta: '0.1' } },
      { ...state, seen: -1 },
      { ...state, skipped: 1 },
      { ...state, kernel: 'x' },
      { ...state, kernel: Array.from({ length: 1_000_000 }, () => 0) },
    ];
    for (const each of hostile)
      expect(restoreDetector(each).ok, JSON.stringify(each)?.slice(0, 80)).toBe(false);
  });
});
