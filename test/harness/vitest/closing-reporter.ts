import { writeSync } from 'node:fs';
import type { SerializedError } from 'vitest';
import type { Reporter, TestModule, Vitest } from 'vitest/node';

interface Totals {
  passed: number;
  failed: number;
  skipped: number;
}

/**
 * Ends the output with two things vitest does not print: which tests were skipped because a service is
 * missing, and, as the very last line, `N passed, N failed, N skipped`, so that a machine can read the result
 * and a person sees at once that nothing was left out in silence.
 */
export default class ClosingReporter implements Reporter {
  #totals: Totals | null = null;
  readonly #skippedFor = new Map<string, number>();

  onInit(vitest: Vitest): void {
    // After everything, vitest's own summary and the end of services included.
    if (!vitest.config.watch) process.once('exit', () => this.#print());
  }

  onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly SerializedError[]): void {
    const totals: Totals = { passed: 0, failed: unhandledErrors.length, skipped: 0 };
    for (const module of modules) {
      // A file that cannot be loaded, or a hook that fails, fails nothing by itself in the count of tests.
      totals.failed += module.errors().length;
      for (const suite of module.children.allSuites()) totals.failed += suite.errors().length;
      for (const test of module.children.allTests()) {
        const { state } = test.result();
        if (state === 'passed') totals.passed += 1;
        else if (state === 'failed') totals.failed += 1;
        else {
          totals.skipped += 1;
          const needs = /\[needs ([^\]]+)\]/.exec(test.fullName)?.[1];
          if (needs !== undefined) this.#skippedFor.set(needs, (this.#skippedFor.get(needs) ?? 0) + 1);
        }
      }
    }
    this.#totals = totals;
  }

  #print(): void {
    const { passed, failed: counted, skipped } = this.#totals ?? { passed: 0, failed: 0, skipped: 0 };
    // Something that is no test can fail the run too: services that do not start, a file pattern that matches
    // nothing. No result line may then read as if all were well.
    const failed = counted === 0 && process.exitCode !== undefined && process.exitCode !== 0 ? 1 : counted;
    const lines = [...this.#skippedFor].map(
      ([needs, count]) =>
        `${count} skipped for want of ${needs} (how to get a service is said at the start of the run)`,
    );
    lines.push(`${passed} passed, ${failed} failed, ${skipped} skipped`);
    writeSync(1, `${lines.join('\n')}\n`);
  }
}
