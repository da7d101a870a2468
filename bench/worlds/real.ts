/**
 * Every shared data set by week: verdicts before and after what is known to have changed, as a table for docs/records/verdicts.md.
 *
 *   node bench/worlds/real.ts --datasets FOLDER [--set NAME] [--windows]
 *
 * `--windows` lists each window with what was claimed. A window that holds the change counts as after it.
 */
import { parseArgs } from 'node:util';
import { VERDICTS } from '../../src/core/findings.ts';
import { judgeWindows } from '../../test/worlds/judge-window.ts';
import type { JudgedWindow } from '../../test/worlds/judge-window.ts';
import { COURSES } from './real/real-courses.ts';
import type { Course } from './real/real-courses.ts';
import { table } from './report.ts';

const { values } = parseArgs({
  options: {
    datasets: { type: 'string' },
    set: { type: 'string' },
    windows: { type: 'boolean', default: false },
  },
});
if (values.datasets === undefined) throw new Error('--datasets: where the data sets lie');

const lines: string[][] = [];
for (const read of COURSES) {
  const course = await read(values.datasets);
  if (values.set !== undefined && course.name !== values.set) continue;
  process.stderr.write(`${course.name}\n`);
  const judged = await judgeWindows(course, { ...course, areInSeries: true }, course.windowMs);
  lines.push(...linesOf(course, judged));
  if (values.windows) process.stdout.write(`${judged.map(windowLine).join('\n')}\n`);
}
process.stdout.write(
  table(
    ['data set', 'windows of', '', 'windows', ...VERDICTS.map((each) => `\`${each}\``), 'accused'],
    lines,
  ),
);

function linesOf({ name, window, known }: Course, judged: readonly JudgedWindow[]): string[][] {
  if (known === null) return [[name, window, 'nothing known', ...countsOf(judged)]];
  const isAfter = ({ window: at }: JudgedWindow): boolean => (at?.endMs ?? 0) > known.fromMs;
  return [
    [name, window, 'before', ...countsOf(judged.filter((one) => !isAfter(one)))],
    ['', '', `after: ${known.what}`, ...countsOf(judged.filter(isAfter))],
  ];
}

function countsOf(judged: readonly JudgedWindow[]): string[] {
  const counts = VERDICTS.map(
    (verdict) => judged.filter(({ comparison }) => comparison.diagnosis.verdict === verdict).length,
  );
  const accused = judged.flatMap(({ comparison }) =>
    comparison.diagnosis.faults.map(({ fault, feature }) => `${fault} ${feature}`),
  );
  return [
    String(judged.length),
    ...counts.map((count) => (count === 0 ? '' : String(count))),
    [...new Set(accused)].join(', '),
  ];
}

function windowLine({ window, comparison: { diagnosis, current } }: JudgedWindow): string {
  const start = window === null ? '' : new Date(window.startMs).toISOString();
  const claimed = diagnosis.faults.map(({ fault, feature, detail }) => `${fault} ${feature}: ${detail}`);
  const read = (diagnosis.readings ?? []).flatMap(({ fault, feature = '' }) =>
    fault === undefined ? [] : [`(${fault} ${feature})`],
  );
  return [
    start,
    current.rows,
    diagnosis.verdict,
    diagnosis.confidence.toFixed(3),
    diagnosis.advice,
    ...claimed,
    ...read,
  ].join('  ');
}
