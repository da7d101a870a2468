import type { Task } from '../../src/core/model.ts';
import { measuredEffect } from '../../src/simulate/measured-effect.ts';
import type { RightAnswer } from '../../src/simulate/worlds/answer.ts';
import { WORLDS } from '../../src/simulate/worlds/all-worlds.ts';
import { familyOfWorld } from '../../src/simulate/worlds/family-of-world.ts';
import type { OrdinaryWorld } from '../../src/simulate/worlds/ordinary-world.ts';
import { planCases, playPlanned } from './case-plan.ts';
import type { Series, WorldCase } from './case-plan.ts';
import type { JudgedTables } from '../../test/worlds/judge-window.ts';
import { referenceTable, worldTable } from '../../test/worlds/world-tables.ts';
import { meetsBar } from '../diagnosis/play-case.ts';

/** A window to be judged, with what may be said of it. */
export interface CaseToJudge {
  readonly tables: JudgedTables;
  readonly answer: RightAnswer;
  readonly happened: string;
  /** A shift large enough that it must be named. */
  readonly meetsBar: boolean;
}

/** A world as it is played: of rows that are drawn, or of real ones. */
export interface BenchWorld {
  readonly name: string;
  readonly about: string;
  /** Not played while rules are changed, unless asked for. */
  readonly heldBack: boolean;
  readonly task: Task;
  readonly positiveClass: string | null;
  cases(series: Series): readonly WorldCase[];
  draw(planned: WorldCase): Promise<CaseToJudge>;
}

export const SIMULATED: readonly BenchWorld[] = WORLDS.map(simulatedWorld);

function simulatedWorld(world: OrdinaryWorld): BenchWorld {
  const { name, about, heldBack, task, classes } = world;
  return {
    name,
    about,
    heldBack,
    task,
    positiveClass: task === 'regression' ? null : (classes[0] ?? null),
    cases: (series) => planCases(name, series),
    draw(planned) {
      const { rows, answer, happened, shift } = playPlanned(world, planned);
      const counts = { reference: rows.reference.length, current: rows.current.length };
      const isLarge =
        shift === null ||
        meetsBar({ task, rows: counts }, shift, measuredEffect(familyOfWorld(world), task, rows));
      return Promise.resolve({
        tables: {
          reference: referenceTable(world, rows.reference),
          current: worldTable(world, rows.current),
        },
        answer,
        happened,
        meetsBar: isLarge,
      });
    },
  };
}
