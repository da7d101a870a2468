import { describe, expect, it } from 'vitest';
import { findToolPreset } from '../../../src/compare/presets/find-preset.ts';
import { readVectors } from '../../stats/vectors.ts';
import { expectAlike, rootOfRounding } from './alike.ts';
import { readPairs } from './pairs.ts';

type Answers = Record<'azure' | 'tfdv' | 'deequ', Record<string, number | null>>;

/** Not these tools' output but a second reading of their source: see `bench/presets/make_rederived.py`. */
const { cases } = readVectors('preset_rederived') as { cases: { name: string; answers: Answers }[] };
const pairs = readPairs();
const P_VALUES = new Set(['two_sample_kolmogorov_smirnov_test', 'pearsons_chi_squared_test', 'chisquare']);

describe('Azure, TFDV and Deequ, re-derived', () => {
  it.each(cases.map(({ name, answers }) => [name, answers] as const))('%s', (name, answers) => {
    const { reference, current } = pairs.get(name)!();
    for (const [tool, figures] of Object.entries(answers)) {
      for (const [method, figure] of Object.entries(figures)) {
        const ours = findToolPreset(`${tool}:${method}`).feature(reference, current, {});
        const what = `${name}, ${tool}:${method}`;
        expect(ours.method).toBe(method);
        if (figure === null) {
          expect(ours.value, what).toBeNull();
          expect(ours.note, what).toBeTruthy();
          continue;
        }
        const isP = P_VALUES.has(method);
        // SciPy's exact two-sided KS loses its digits below 1e-13; a distance of equal samples is a rounding error.
        const floor = method.startsWith('two_sample') ? 1e-12 : isP ? 1e-300 : rootOfRounding(figure);
        expectAlike(ours.value, figure, { relative: isP ? 1e-6 : 1e-9, floor, what });
      }
    }
  });

  it("has no bin for the maximum where Azure's last edge falls short of it", () => {
    // -1 + 5 * (1.2 / 5) is a rounding error below 0.2.
    const column = (values: readonly number[]) =>
      ({ name: 'x', kind: 'numeric', values: Float64Array.from(values), invalid: 0 }) as const;
    const inner = Array.from({ length: 14 }, (_, i) => -0.897 + 0.07 * i);
    const reference = column([-1, ...inner, 0.1]);
    const current = column([-0.5, ...inner, 0.2]);
    const a = [3, 4, 3, 4, 2];
    const b = [2, 4, 4, 4, 1];
    const share = (count: number): number => (count + 1) / (16 + 5);
    const psi = a.reduce((sum, count, i) => {
      const [p, q] = [share(count), share(b[i] ?? 0)];
      return sum + (q - p) * Math.log(q / p);
    }, 0);
    const { value } = findToolPreset('azure:psi').feature(reference, current, {});
    expect(value).toBeCloseTo(psi, 12);
  });
});
