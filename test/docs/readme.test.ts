import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { parseConfig } from '../../src/config/load.ts';
import { createDecoder } from '../../src/decode/decoder.ts';
import { DEFAULT_DECODE_LIMITS } from '../../src/decode/limits.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

async function readme(): Promise<string> {
  return await readFile(`${ROOT}/README.md`, 'utf8');
}

function block(text: string, language: string, containing: string): string {
  const blocks = [...text.matchAll(/```(\w*)\n([\s\S]*?)```/g)];
  const found = blocks.find(([, tongue, body]) => tongue === language && body?.includes(containing));
  if (found?.[2] === undefined) throw new Error(`README has no ${language} block with ${containing}`);
  return found[2];
}

test('the configuration of the README is valid', async () => {
  const text = block(await readme(), 'yaml', 'kafka:');
  const parsed = await parseConfig(text, { file: 'README.md', env: {}, readFile: async () => '' });
  expect(parsed.ok ? [] : parsed.error).toEqual([]);
});

test('the comparison of the README finds the shift', async () => {
  const command = block(await readme(), 'sh', 'shiftwatch compare')
    .replaceAll('\\\n', ' ')
    .trim()
    .split(/\s+/);
  expect(command.slice(0, 2)).toEqual(['npx', 'shiftwatch']);
  const run = promisify(execFile)(process.execPath, ['bin/shiftwatch.js', ...command.slice(2)], {
    cwd: ROOT,
  });
  const ended: { code?: unknown; stdout?: unknown } = await run.catch((error: unknown) => error as object);
  expect(ended.code).toBe(3);
  expect(String(ended.stdout)).toContain('car_value');
});

test('the event that the README logs is one that shiftwatch reads', async () => {
  const python = block(await readme(), 'python', 'confluent_kafka');
  const keys = [...python.matchAll(/"(\w+)":/g)].map(([, key]) => key);
  expect(keys).toEqual(
    expect.arrayContaining(['type', 'prediction_id', 'model', 'model_version', 'features']),
  );
  const event = {
    type: 'prediction',
    prediction_id: 'a1',
    model: 'credit-risk',
    model_version: '3',
    timestamp: 1_772_366_400_000,
    features: { age: 42, income: null, country: 'DE' },
    prediction: 'approve',
    score: 0.83,
  };
  const position = { source: 'kafka:ml.predictions', partition: 0, offset: 0n };
  const decoded = createDecoder(DEFAULT_DECODE_LIMITS)(
    Buffer.from(JSON.stringify(event)),
    position,
    1_772_366_400_000,
  );
  expect(decoded.ok).toBe(true);
});
