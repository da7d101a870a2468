import { defineConfig } from 'vitest/config';
import { DEADLINES } from '../harness/deadlines.ts';

/** Tests that need what only test/versions/main.ts starts. `npm test` does not know them. */
export default defineConfig({
  test: {
    root: '.',
    include: ['test/versions/**/*.test.ts'],
    reporters: [
      'default',
      './test/harness/vitest/closing-reporter.ts',
      './test/harness/vitest/silence-reporter.ts',
    ],
    globalSetup: ['test/harness/global-setup.ts'],
    testTimeout: DEADLINES.e2eTestMs,
    hookTimeout: DEADLINES.hookMs,
    teardownTimeout: DEADLINES.teardownMs,
  },
});
