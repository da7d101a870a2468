import fc from 'fast-check';
import { expect, test } from 'vitest';
import { joinLabels, type CandidateLabel } from '../../src/labels/join.ts';

const candidate = fc.record<CandidateLabel>({
  label: fc.constantFrom('approve', 'deny'),
  sourceRank: fc.integer({ min: 0, max: 2 }),
  final: fc.boolean(),
  atMs: fc.integer({ min: 0, max: 3 }),
  position: fc.integer({ min: 0, max: 99 }).map((n) => String(n).padStart(4, '0')),
});

test('the same labels in any order and in any batches end in the same label', () => {
  fc.assert(
    fc.property(
      fc.uniqueArray(candidate, { selector: (each) => each.position, minLength: 1, maxLength: 8 }),
      fc.infiniteStream(fc.integer({ min: 1, max: 4 })),
      (labels, cuts) => {
        let current: CandidateLabel | null = null;
        const counts = new Map<string | number, number>();
        const rest = [...labels];
        while (rest.length > 0) {
          const change = joinLabels(current, rest.splice(0, cuts.next().value));
          if (change === null) continue;
          if (change.removed !== null) counts.set(change.removed, (counts.get(change.removed) ?? 0) - 1);
          counts.set(change.added, (counts.get(change.added) ?? 0) + 1);
          current = change.effective;
        }
        const atOnce = joinLabels(null, labels);
        expect(current).toEqual(atOnce?.effective);
        expect([...counts.values()].reduce((sum, count) => sum + count, 0)).toBe(1);
        expect(counts.get(atOnce?.added ?? '')).toBe(1);
      },
    ),
    { seed: 3, numRuns: 500 },
  );
});

test('a natural label beats a newer inferred one, and losing changes nothing', () => {
  const natural: CandidateLabel = { label: 'deny', sourceRank: 2, final: true, atMs: 1, position: 'a' };
  const inferred: CandidateLabel = { label: 'approve', sourceRank: 0, final: true, atMs: 9, position: 'b' };
  expect(joinLabels(natural, [inferred])).toBeNull();
  expect(joinLabels(inferred, [natural])).toMatchObject({ removed: 'approve', added: 'deny' });
});
