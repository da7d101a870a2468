/** Run in a process of its own: makes objects of which many survive, which is what young generations grow by. */
import { setImmediate as turn } from 'node:timers/promises';
import { boundYoungGeneration, youngBytes } from '../../src/pipeline/serve/young-generation.ts';

const end = boundYoungGeneration(Number(process.argv[2]));
let [kept, largest]: [object[], number] = [[], 0];
for (let round = 0; round < 1_000; round++) {
  for (let i = 0; i < 5_000; i++) kept.push({ round, i: [i] });
  if (round % 40 === 39) kept = [];
  largest = Math.max(largest, youngBytes());
  await turn();
}
end();
process.stdout.write(String(largest));
