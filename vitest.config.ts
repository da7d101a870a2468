import { defineConfig } from 'vitest/config';
import { DEADLINES } from './test/harness/deadlines.ts';
import LongestFirst from './test/harness/vitest/longest-first.ts';

/**
 * Files that talk to real services, which a global setup starts once for both kinds. Both run at once, three files on two
 * cores: many wait most of the time, for windows to close, for what was killed to be missed, for servers to start.
 */
const withServices = {
  globalSetup: ['test/harness/kernel-setup.ts', 'test/harness/global-setup.ts'],
  maxWorkers: 3,
  sequence: { groupOrder: 1 },
};

export default defineConfig({
  test: {
    reporters: [
      'default',
      './test/harness/vitest/closing-reporter.ts',
      './test/harness/vitest/silence-reporter.ts',
    ],
    // Two cores, and the services need some of them.
    maxWorkers: 2,
    // As shiftwatch runs (docs/decisions/0024).
    execArgv: ['--no-maglev'],
    teardownTimeout: DEADLINES.teardownMs,
    hookTimeout: DEADLINES.hookMs,
    sequence: { sequencer: LongestFirst },
    projects: [
      {
        extends: true,
        test: {
          // A worker loads each module once for all of its files, which halves what these tests take.
          isolate: false,
          globalSetup: ['test/harness/kernel-setup.ts'],
          name: 'unit',
          include: ['test/**/*.test.ts'],
          exclude: ['test/integration/**', 'test/e2e/**', 'test/containers/**', 'test/versions/**'],
          testTimeout: DEADLINES.unitTestMs,
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        test: {
          ...withServices,
          name: 'integration',
          include: ['test/integration/**/*.test.ts'],
          testTimeout: DEADLINES.integrationTestMs,
        },
      },
      {
        extends: true,
        test: {
          ...withServices,
          name: 'e2e',
          include: ['test/e2e/**/*.test.ts'],
          testTimeout: DEADLINES.e2eTestMs,
        },
      },
      {
        extends: true,
        test: {
          name: 'containers',
          // Counts what it skips where there is no engine.
          globalSetup: ['test/harness/containers/global-setup.ts'],
          include: ['test/containers/**/*.test.ts'],
          testTimeout: DEADLINES.e2eTestMs,
          // Building an image and pulling six.
          hookTimeout: 3 * DEADLINES.hookMs,
          maxWorkers: 1,
          sequence: { groupOrder: 2 },
        },
      },
    ],
  },
});
