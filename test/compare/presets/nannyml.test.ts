import { describe, expect, it } from 'vitest';
import { findToolPreset } from '../../../src/compare/presets/find-preset.ts';
import { readVectors } from '../../stats/vectors.ts';
import { expectAlike, rootOfRounding } from './alike.ts';
import { readPairs } from './pairs.ts';

interface Answer {
  readonly error?: string;
  readonly value: number | string;
  readonly threshold: number | null;
  readonly drifted: boolean;
  readonly p_value?: number;
}

const vectors = readVectors('preset_nannyml') as {
  meta: { tool: string };
  cases: { name: string; answers: Record<string, Answer> }[];
};
const pairs = readPairs();

describe(`NannyML (${vectors.meta.tool})`, () => {
  it.each(vectors.cases.map(({ name, answers }) => [name, answers] as const))('%s', (name, answers) => {
    const { reference, current } = pairs.get(name)!();
    for (const [method, answer] of Object.entries(answers)) {
      const ours = findToolPreset(`nannyml:${method}`).feature(reference, current, {});
      const what = `${name}, ${method}`;
      expect(ours.method).toBe(method);
      if (answer.error !== undefined || typeof answer.value === 'string') {
        expect(ours.drifted, what).toBeNull();
        expect(ours.note, what).toBeTruthy();
        continue;
      }
      expectAlike(ours.value, answer.value, { relative: 1e-9, floor: rootOfRounding(answer.value), what });
      if (answer.threshold === null) expect(ours.threshold, what).toBeNull();
      else
        expectAlike(ours.threshold, answer.threshold, {
          relative: 1e-9,
          floor: rootOfRounding(answer.threshold),
          what: `${what}: threshold`,
        });
      expect(ours.drifted, what).toBe(answer.drifted);
      if (answer.p_value !== undefined) {
        expectAlike(ours.p_value, answer.p_value, {
          relative: 1e-6,
          floor: 1e-300,
          what: `${what}: p`,
        });
      }
    }
  });
});
