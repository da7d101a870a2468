/** How large a day is beside the counts of its windows, and how long adding these up takes: `node bench/history/days.ts`. */
import { addedUp } from '../../src/pipeline/history/add-up.ts';
import { createRandom } from '../../src/stats/random.ts';
import { buildReference } from '../../src/stats/table/table-reference.ts';
import type { StoredPart } from '../../src/store/windows/window-parts.ts';
import { newInputs, newLabels, packInputs } from '../../src/window/part-profiles.ts';
import { drawRow, trainingTable } from './fill.ts';

const SHAPE = { windows: 24, rows: 2_000, segments: 20, features: 50 };
const TASK = 'classification';

const random = createRandom(16);
const reference = buildReference(trainingTable(SHAPE, random), { task: TASK, positiveClass: 'approve' });
const parts = Array.from({ length: SHAPE.windows }, () => windowParts());
const days = new Map<
  string,
  { segment: string; kind: 'input' | 'label'; rows: number; profile: Uint8Array }
>();
const began = process.cpuUsage();
for (const window of parts) {
  for (const part of window) {
    const key = `${part.kind} ${part.segment}`;
    const { sum } = addedUp(days.get(key) ?? null, [part], reference, TASK);
    days.set(key, { segment: part.segment, kind: part.kind as 'input' | 'label', ...sum! });
  }
}
const { user, system } = process.cpuUsage(began);
const tookMs = (user + system) / 1_000;

const kB = (bytes: readonly Uint8Array[]): string =>
  (bytes.reduce((sum, { length }) => sum + length, 0) / 1_000).toFixed(0);
console.log(
  `24 windows: ${kB(parts.flat().map(({ delta }) => delta))} kB, of one: ${kB(parts[0]!.map(({ delta }) => delta))} kB`,
);
console.log(`their day: ${kB([...days.values()].map(({ profile }) => profile))} kB in ${days.size} rows`);
console.log(
  `added up one by one in ${(tookMs / 1_000).toFixed(1)} s of a processor, ${(tookMs / SHAPE.windows).toFixed(0)} ms a window`,
);

/** As they are stored once a window is judged. */
function windowParts(): StoredPart[] {
  const rows = Array.from({ length: SHAPE.rows }, () => drawRow(SHAPE, random));
  const segments = Map.groupBy(rows, ({ features }) => `site=${String(features['site'])}`);
  return [['', rows] as const, ...segments].flatMap(([segment, own]) => {
    const inputs = newInputs(segment, reference, TASK);
    const labels = newLabels(segment, reference, TASK);
    for (const { features, score, label } of own) {
      const prediction = score > 0.5 ? 'approve' : 'deny';
      inputs.add({ features: new Map(Object.entries(features)), prediction, score }, 1);
      labels.add(label, prediction, score, 1);
    }
    const common = { id: 1, segment, rows: own.length };
    return [
      { ...common, kind: 'input', delta: packInputs(inputs) },
      { ...common, kind: 'label', delta: labels.encode() },
    ] satisfies StoredPart[];
  });
}
