import { validateHeaderValue } from 'node:http';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseConfig } from '../../src/config/load.ts';
import { formatProblem } from '../../src/config/problem.ts';

const PLACES: readonly ((value: string) => string)[] = [
  (value) =>
    `channels: { c: { type: webhook, url: "https://example.org", headers: { X-Key: ${JSON.stringify(value)} } } }`,
  (value) =>
    `webhooks: { c: { secret: x, url: "https://example.org", headers: { X-Key: ${JSON.stringify(value)} } } }`,
];

function canBeSent(value: string): boolean {
  try {
    validateHeaderValue('X-Key', value);
    return true;
  } catch {
    return false;
  }
}

test('a header value that HTTP cannot carry is refused by its key, and no other', async () => {
  const sign = fc.constantFrom('\n', '\r\n', '\0', '\u007f', '€', '日', 'é', '\t', ' ', 'a');
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...PLACES), sign, async (place, odd) => {
      const value = `S3CRETh${odd}x`;
      const context = { file: 's.yaml', env: {}, readFile: () => Promise.reject(new Error('no file')) };
      const text = `models: [{ name: m, task: classification }]\n${place(value)}`;
      const read = await parseConfig(text, context);
      const problems = read.ok ? '' : read.error.map(formatProblem).join('\n');
      expect(problems === '').toBe(canBeSent(value));
      expect(problems).not.toContain('S3CRETh');
      if (!canBeSent(value))
        expect(problems).toMatch(/^s\.yaml:2:\d+: (channels|webhooks)\.c\.headers\.X-Key: /);
    }),
    { seed: 22, numRuns: 200 },
  );
});
