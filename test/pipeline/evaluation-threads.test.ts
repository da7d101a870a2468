import { expect, test } from 'vitest';
import { silentLog } from '../../src/core/log.ts';
import { describeTimePattern } from '../../src/diagnose/pattern/time-pattern.ts';
import type { PatternWindow } from '../../src/diagnose/pattern/time-pattern.ts';
import { startEvaluationThreads } from '../../src/pipeline/evaluate/evaluation-threads.ts';

const HOUR_MS = 3_600_000;

/** Hours of one feature that moves in the tenth. */
function hours(): PatternWindow[] {
  return Array.from({ length: 14 }, (_, at): PatternWindow => {
    const moved = at >= 9;
    return {
      startMs: at * HOUR_MS,
      endMs: (at + 1) * HOUR_MS,
      compared: {
        features: [
          {
            name: 'age',
            status: moved ? 'drift' : 'ok',
            rows: { reference: 900, current: 900 },
            missing: { reference: 0, current: 0 },
            invalid: { reference: 0, current: 0 },
            metrics: { psi: moved ? 0.4 : 0 },
            counts: {
              bins: [1, null],
              reference: [450, 450],
              current: moved ? [300 + at, 600 - at] : [450 - at, 450 + at],
            },
          },
        ],
        prediction: null,
        score: null,
        label: null,
        performance: null,
      },
    };
  });
}

test('a thread finds the pattern that is found right here', async () => {
  const windows = hours();
  const threads = startEvaluationThreads(1, silentLog);
  try {
    const found = await threads.describePattern(windows);
    expect(found).toEqual(describeTimePattern(windows));
    expect(found).toMatchObject({ pattern: 'sudden', change_point: new Date(9 * HOUR_MS).toISOString() });
  } finally {
    await threads.close();
  }
});

test('what needs more memory than a thread is given is done all the same, and said', async () => {
  const lines: string[] = [];
  const log = { ...silentLog, warn: (_: object, message: string) => lines.push(message) };
  const windows = Array.from({ length: 2_000 }, () => hours()).flat();
  const threads = startEvaluationThreads(1, log, { maxOldGenerationSizeMb: 16, maxYoungGenerationSizeMb: 4 });
  try {
    expect(await threads.describePattern(windows)).toEqual(describeTimePattern(windows));
    expect(lines).toEqual([
      'an evaluation needs more memory than a thread is given; it is done again in one without a limit',
    ]);
  } finally {
    await threads.close();
  }
});
