/** One factor on every risk where few are ill: another prior mends it, and nothing has to be trained. */
import { expect, it } from 'vitest';
import type { FileComparison } from '../../src/core/findings.ts';
import { oddsOf } from '../../src/diagnose/odds-step.ts';
import { draws } from '../../src/simulate/draws.ts';
import { fileWith } from '../ingest/table/files.ts';
import { compare } from './compare-run.ts';

function patients(seed: number, rows: number, factor: number): string {
  const { normal, uniform } = draws(seed);
  const lines = ['age,pressure,marker,weight,score,prediction,label'];
  for (let row = 0; row < rows; row++) {
    const [age, pressure, marker, weight] = [normal(), normal(), normal(), normal()];
    const risk = 1 / (1 + Math.exp(4 - 0.8 * age - 0.6 * pressure - 0.5 * marker));
    const label = uniform() < factor * risk ? 'ill' : 'well';
    const prediction = risk > 0.5 ? 'ill' : 'well';
    const shown = [age, pressure, marker, weight, risk].map((value) => value.toFixed(3)).join(',');
    lines.push(`${shown},${prediction},${label}`);
  }
  return `${lines.join('\n')}\n`;
}

it('is a label shift, with the odds to correct by', { timeout: 120_000 }, async () => {
  const summaries: string[] = [];
  for (const seed of [1, 2, 3]) {
    const reference = fileWith('r.csv', patients(seed, 10_000, 1));
    const current = fileWith('c.csv', patients(100 + seed, 5_000, 0.5));
    const ran = await compare(reference, current, '--positive-class', 'ill', '--json', '--no-multivariate');
    const { diagnosis } = JSON.parse(ran.out) as FileComparison;
    expect(diagnosis).toMatchObject({ verdict: 'label_shift', advice: 'reweight' });
    const odds = diagnosis.evidence.find(({ statistic }) => statistic === 'odds_ratio');
    expect(odds?.value).toBeGreaterThan(0.4);
    expect(odds?.value).toBeLessThan(0.62);
    summaries.push(diagnosis.summary);
  }
  expect(summaries[0]).toMatch(
    /while rows of one label look as before \(the odds of ill are × 0\.\d+ at the same features: a score of 0\.6\d means what 0\.5 did\)/,
  );
});

it('has a number only where there are two classes on both sides', () => {
  const of = (reference: number[], current: number[], levels = ['well', 'ill']) =>
    ({
      label: {
        kind: 'levels',
        name: 'label',
        levels,
        reference: Int32Array.from(reference),
        current: Int32Array.from(current),
      },
      score: null,
    }) as unknown as NonNullable<Parameters<typeof oddsOf>[1]>;
  const ofMix = (rows: ReturnType<typeof of>, positive: string | null): ReturnType<typeof oddsOf> =>
    oddsOf(['label_shift'], rows, null, positive);
  const more = of([0, 0, 0, 1], [0, 0, 1, 1]);
  expect(ofMix(more, 'ill')).toEqual({ class: 'ill', factor: 3, threshold: null });
  expect(ofMix(more, null)?.class).toBe('ill');
  expect(ofMix(of([0, 0, 0, 1], [0, 0, 0, 0]), 'ill')).toBeNull();
  expect(ofMix(of([0, 1, 2], [0, 1, 2], ['a', 'b', 'c']), 'a')).toBeNull();
  expect(oddsOf(['concept_drift'], more, null, 'ill')).toBeNull();
});

it('is taken from the relation where the inputs moved as well', () => {
  const rows = { label: { kind: 'levels', levels: ['well', 'ill'] }, score: {} } as unknown as NonNullable<
    Parameters<typeof oddsOf>[1]
  >;
  const step = { class: 'well', logOdds: Math.log(2) };
  const odds = oddsOf(['covariate_shift', 'label_shift'], rows, step, 'ill');
  expect(odds?.class).toBe('ill');
  expect(odds?.factor).toBeCloseTo(0.5);
  expect(odds?.threshold).toBeCloseTo(2 / 3);
  expect(oddsOf(['covariate_shift', 'label_shift'], rows, step, null)).toMatchObject({
    class: 'well',
    threshold: null,
  });
});
