import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const ROOT = join(import.meta.dirname, '../src');
const EXAMPLE = /@example (?<call>.+?) \/\/ (?<result>.+?)(?: \*\/)?$/gm;

interface Example {
  readonly file: string;
  readonly call: string;
  readonly result: string;
}

const files = globSync('**/*.ts', { cwd: ROOT }).sort();
/** What nobody can run is no example; it begins with "For example". */
const prose = files.flatMap((file) => {
  const text = readFileSync(join(ROOT, file), 'utf8');
  return text
    .matchAll(/(?<=[*.] )@example.*$/gm)
    .flatMap(([line]) => (line.match(EXAMPLE) ? [] : [`${file}: ${line}`]))
    .toArray();
});
const examples: Example[] = files.flatMap((file) =>
  [...readFileSync(join(ROOT, file), 'utf8').matchAll(EXAMPLE)].map((match) => ({
    file,
    call: match.groups?.['call'] ?? '',
    result: match.groups?.['result'] ?? '',
  })),
);

/** Documentation is run: what an example says is what the code gives. */
describe('examples in the documentation of src', () => {
  it('are there, each as a call and what it answers', () => {
    expect(examples.length).toBeGreaterThan(130);
    expect(prose).toEqual([]);
  });

  it.each(examples.map((example) => [example.call, example] as const))(
    '%s',
    async (_, { file, call, result }) => {
      const module = (await import(join(ROOT, file))) as Record<string, unknown>;
      const evaluate = (text: string): unknown => {
        // oxlint-disable-next-line typescript/no-implied-eval -- the text is this repository's own source
        const run = new Function(...Object.keys(module), `return ${text};`);
        return run(...Object.values(module));
      };
      expectClose(evaluate(call), evaluate(`(${result})`));
    },
  );
});

function expectClose(actual: unknown, expected: unknown): void {
  if (typeof expected === 'number' && typeof actual === 'number') {
    expect(Math.abs(actual - expected)).toBeLessThanOrEqual(1e-12 * Math.abs(expected));
  } else if (Array.isArray(expected) && Array.isArray(actual)) {
    expect(actual).toHaveLength(expected.length);
    for (const [i, value] of expected.entries()) expectClose(actual[i], value);
  } else {
    expect(actual).toEqual(expected);
  }
}
