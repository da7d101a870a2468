import { BaseSequencer, type TestSpecification } from 'vitest/node';

/**
 * The files that took longest in CI, longest first. A fresh checkout knows no times, and vitest then goes by the size of
 * files: the demo, 330 of 1,856 seconds and a small file, began last but two and ran for four minutes with nothing beside it.
 */
export const LONGEST = [
  'test/e2e/demo.test.ts',
  'test/integration/browser/dashboard.test.ts',
  'test/e2e/operations.test.ts',
  'test/integration/embedded/postgres.test.ts',
  'test/integration/incidents/labels-together.test.ts',
  'test/integration/recompute/recompute.test.ts',
  'test/e2e/restore-earlier.test.ts',
  'test/e2e/kafka-to-mail.test.ts',
  'test/e2e/many-kills.test.ts',
  'test/e2e/delivery-kills.test.ts',
  'test/e2e/every-node.test.ts',
  'test/e2e/roles.test.ts',
  'test/integration/history/retire.test.ts',
  'test/integration/incidents/joined-verdict.test.ts',
  'test/integration/evaluate/service-and-files.test.ts',
  'test/integration/evaluate/seasonal-baseline.test.ts',
  'test/integration/embedded/lock-file.test.ts',
  'test/integration/consume/kafka-outage.test.ts',
  'test/diagnose/verdicts.test.ts',
  'test/worlds/worlds.test.ts',
  'test/files/compare-order.test.ts',
  'test/files/one-answer.test.ts',
  'test/files/compare-windows.test.ts',
  'test/docs/diagnosis.test.ts',
];

/** Within a group of projects that run together, none of these is left to the end, where one worker would wait for it. */
export default class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    return longestFirst(await super.sort(files));
  }
}

/** Those of the list in its order, then the others as they were. */
export function longestFirst<T extends { readonly moduleId: string }>(files: readonly T[]): T[] {
  const place = ({ moduleId }: T): number => {
    const at = LONGEST.findIndex((path) => moduleId.endsWith(`/${path}`));
    return at < 0 ? LONGEST.length : at;
  };
  return files.toSorted((one, other) => place(one) - place(other));
}
