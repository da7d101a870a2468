import { afterAll, describe, expect, test } from 'vitest';
import { CHANGES } from './changes.ts';
import type { KnownChange } from './changes.ts';
import { judge } from './judge.ts';
import { simulate } from './office.ts';
import type { WorldSpec } from './office.ts';

const SEED = 20_260_301;
/** Both tasks, three kinds of model: whether the model is good must not decide what is called a shift. */
const WORLDS: readonly Omit<WorldSpec, 'seed'>[] = [
  { task: 'classification', model: 'calibrated', rows: { reference: 4000, current: 1500 } },
  { task: 'classification', model: 'weak', rows: { reference: 4000, current: 2500 } },
  { task: 'regression', model: 'imperfect', rows: { reference: 4000, current: 1500 } },
  { task: 'regression', model: 'weak', rows: { reference: 3000, current: 2000 } },
];

const confusion = new Map<string, number>();
/** Diagnoses whose sentence and evidence disagree about the relation. */
const contradictions: string[] = [];
let right = 0;
let judged = 0;

function isRight(known: KnownChange, seed: number, world: Omit<WorldSpec, 'seed'>): boolean {
  const diagnosis = judge(world.task, simulate({ ...world, seed }, known.change));
  const hasChanged = diagnosis.evidence.some(({ claim }) => claim.includes('features and label changed'));
  if (hasChanged && /not shown to have changed|held on average/.test(diagnosis.summary))
    contradictions.push(diagnosis.summary);
  const cell = `${known.verdict} judged ${diagnosis.verdict}`;
  confusion.set(cell, (confusion.get(cell) ?? 0) + 1);
  const named =
    known.fault === undefined ||
    diagnosis.faults.some(({ fault, feature }) => fault === known.fault && feature === known.feature);
  const good = diagnosis.verdict === known.verdict && named;
  judged += 1;
  if (good) right += 1;
  return good;
}

describe('a known change is called by its name', () => {
  test.each(CHANGES.map((known, at) => ({ name: known.name, known, at })))(
    '$name',
    { timeout: 600_000 },
    ({ known, at }) => {
      const results = WORLDS.map((world, i) => isRight(known, SEED + at * WORLDS.length + i, world));
      expect(results.filter(Boolean).length).toBeGreaterThanOrEqual(WORLDS.length - 1);
    },
  );
});

describe('over all hundred cases', () => {
  test('at least 97 of 100 are right', () => {
    expect(judged).toBeGreaterThanOrEqual(100);
    expect(right / judged).toBeGreaterThanOrEqual(0.97);
  });

  test('nothing is called a shift where nothing happened', () => {
    expect([...confusion.keys()].filter((cell) => cell.startsWith('none'))).toEqual(['none judged none']);
  });

  test('no change of the world is called a fault, and no fault a change of the world', () => {
    const crossed = [...confusion.keys()].filter((cell) => {
      const [known, verdict] = cell.split(' judged ');
      // What may be either is said to be.
      return verdict !== 'undetermined' && (known === 'data_fault') !== (verdict === 'data_fault');
    });
    expect(crossed).toEqual([]);
  });

  test('no sentence denies what its evidence says', () => {
    expect(contradictions).toEqual([]);
  });

  afterAll(() => {
    const table = [...confusion].map(([cell, count]) => `  ${cell}: ${count}`).sort();
    process.stderr.write(`diagnosis, ${right} of ${judged} right\n${table.join('\n')}\n`);
  });
});
