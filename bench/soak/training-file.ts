import { writeFileSync } from 'node:fs';
import { createMessages, type MessageShape } from '../ingest/messages.ts';

const ROWS = 10_000;

/** Training data of the same world as the traffic. */
export function createTrainingFile(path: string, shape: MessageShape): void {
  const message = createMessages(shape, 7);
  const lines = Array.from({ length: ROWS }, (_, index) => {
    const { features, prediction, score } = message(index);
    return JSON.stringify({ ...(features as object), prediction, score, label: prediction });
  });
  writeFileSync(path, `${lines.join('\n')}\n`);
}
