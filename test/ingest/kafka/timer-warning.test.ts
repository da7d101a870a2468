import { expect, it } from 'vitest';
import { isKafkajsTimerWarning } from '../../../src/ingest/kafka/timer-warning.ts';

function warning(name: string, frame: string): Error {
  const error = new Error('-1772366400000 is a negative number.');
  error.name = name;
  error.stack = `${name}: ${error.message}\n    at Timeout (node:internal/timers:1)\n    at ${frame}`;
  return error;
}
const KAFKAJS_FRAME =
  'RequestQueue.schedule (/app/node_modules/kafkajs/src/network/requestQueue/index.js:312:37)';

it('knows kafkajs’s own warning from all others', () => {
  expect(isKafkajsTimerWarning(warning('TimeoutNegativeWarning', KAFKAJS_FRAME))).toBe(true);
  expect(isKafkajsTimerWarning(warning('TimeoutNegativeWarning', 'main (/app/src/main.ts:1:1)'))).toBe(false);
  expect(isKafkajsTimerWarning(warning('DeprecationWarning', KAFKAJS_FRAME))).toBe(false);
});
