import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { createServiceLog } from '../../src/cli/serve/service-log.ts';
import { secretTexts } from '../../src/config/mask-secrets.ts';
import { hideTexts } from '../../src/core/hide-texts.ts';
import { atEnd } from '../harness/cleanup.ts';
import { canaryConfig, canaryFile, found, NOWHERE } from '../config/canaries.ts';

it('writes no secret down, whatever an error repeats', async () => {
  const config = await canaryConfig(canaryFile(NOWHERE, 'plain', 'basic'));
  const secrets = secretTexts(config);
  expect(secrets.length).toBeGreaterThan(50);
  let written = '';
  const log = createServiceLog(hideTexts(secrets), { write: (line) => (written += line) });
  for (const secret of secrets) {
    const error = new Error(`Request cannot be constructed from https://${secret}/x`);
    log.error({ error: error.stack, nested: [{ secret }], count: 7 }, `failed: ${secret}`);
    log.warn(error, 'an error itself');
  }
  expect(
    written
      .split('\n')
      .slice(0, -1)
      .map((line) => (JSON.parse(line) as { count?: number }).count),
  ).toContain(7);
  expect(found(written)).toEqual([]);
});

it('lets a process end whose log nobody reads any more', async () => {
  const program = join(import.meta.dirname, 'log-until-told.ts');
  const child = spawn(process.execPath, [program], { stdio: ['pipe', 'pipe', 'inherit'] });
  atEnd(() => void child.kill('SIGKILL'));
  await once(child.stdout, 'data');
  child.stdout.destroy();
  await once(child.stdout, 'close');
  child.stdin.end();
  expect(await once(child, 'exit')).toEqual([0, null]);
});
