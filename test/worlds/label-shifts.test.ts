import { describe, expect, test } from 'vitest';
import { SIMULATED } from '../../bench/worlds/bench-world.ts';
import type { Diagnosis } from '../../src/core/findings.ts';
import { judgeWindow } from './judge-window.ts';

async function saidOf(name: string, at: number): Promise<Diagnosis> {
  const world = SIMULATED.find((each) => each.name === name)!;
  const planned = world.cases('develop').find((each) => each.group === 'shift' && each.at === at)!;
  const { tables, happened } = await world.draw(planned);
  expect(happened).toBe('label_shift');
  const { diagnosis } = await judgeWindow(tables, world);
  return diagnosis;
}

describe('a label shift is no concept drift', () => {
  /** Sensors follow the hours: an index of all columns takes the step of the labels for weather. */
  test.each([20, 28])('among slow sensors (case %d)', async (at) => {
    expect(await saidOf('hall', at)).toMatchObject({ verdict: 'label_shift', advice: 'reweight' });
  });

  /** One per cent is fraud: seventy rows, nearly each of a merchant of its own. */
  test.each([28, 164])('where few rows of a class have many levels (case %d)', async (at) => {
    expect(await saidOf('payments', at)).toMatchObject({ verdict: 'label_shift', advice: 'reweight' });
  });
});
