import { expect, onTestFinished, test } from 'vitest';
import { pause, usePauses } from '../../src/core/memory/pauses.ts';

test('what is to be done in pauses is done in each, and nothing where nobody says what', () => {
  onTestFinished(() => usePauses(() => {}));
  pause();
  let done = 0;
  usePauses(() => void (done += 1));
  pause();
  pause();
  expect(done).toBe(2);
});
