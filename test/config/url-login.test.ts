import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseConfig } from '../../src/config/load.ts';
import { formatProblem } from '../../src/config/problem.ts';

const SECRET = 'S3CRETg';
const MODEL = 'models: [{ name: m, task: classification }]\n';
const PLACES: readonly ((login: string) => string)[] = [
  (login) => `database: "postgres://${login}@localhost/shiftwatch"`,
  (login) => `queue: { backend: redis, url: "redis://${login}@localhost" }`,
  (login) => `smtp: { url: "smtp://${login}@localhost", from: a@example.org }`,
  (login) => `schema_registry: { url: "https://${login}@localhost" }`,
  (login) => `channels: { c: { type: webhook, url: "https://${login}@localhost" } }`,
  (login) => `webhooks: { w: { url: "https://${login}@localhost", secret: x } }`,
];

async function shown(text: string): Promise<string> {
  const context = { file: 'shiftwatch.yaml', env: {}, readFile: () => Promise.reject(new Error('no file')) };
  const read = await parseConfig(MODEL + text, context);
  return read.ok ? 'accepted' : read.error.map(formatProblem).join('\n');
}

test('a % that begins no escape is refused in the login of every URL, without the login', async () => {
  const login = fc.constantFrom(`u:${SECRET}%zz`, `u%:${SECRET}`, `u:${SECRET}%`, `u:%ff${SECRET}`);
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...PLACES), login, async (place, written) => {
      const problems = await shown(place(written));
      expect(problems).toMatch(/^shiftwatch\.yaml:2:\d+: \S+: .*write % as %25/);
      expect(problems).not.toContain(SECRET);
    }),
    { seed: 21, numRuns: 200 },
  );
});

test.each(PLACES)('an escaped % is taken (%#)', async (place) => {
  expect(await shown(place('u:p%25zz'))).toBe('accepted');
});

test('an address of the dashboard that is no URL is told as such', async () => {
  expect(await shown('public_url: nonsense')).toContain('public_url: expected a URL');
});
