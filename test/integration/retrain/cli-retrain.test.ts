import type { Pool } from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import * as retrain from '../../../src/cli/retrain/retrain.ts';
import { parseConfig } from '../../../src/config/load.ts';
import type { Config } from '../../../src/config/resolve.ts';
import { silentLog } from '../../../src/core/log.ts';
import { ModelCatalog } from '../../../src/pipeline/windows/model-catalog.ts';
import { ensureVersion } from '../../../src/store/windows/models.ts';
import { createPool } from '../../../src/store/connection/pool.ts';
import { run } from '../../cli/operations.ts';
import { createDatabase } from '../../harness/database/database.ts';
import { describeWith } from '../../harness/describe-with.ts';

describeWith(['postgres'], 'shiftwatch retrain', () => {
  let pool: Pool;
  let config: () => Promise<Config>;
  beforeAll(async () => {
    const { url } = await createDatabase('cli_retrain');
    pool = createPool({ connectionString: url, max: 2, applicationName: 'test', log: silentLog });
    const parsed = await parseConfig(
      `database: "${url}"
public_url: https://sw.example.org
models:
  - name: credit-risk
    task: classification
    retrain: { webhook: train, approval: required, triggers: { drift: [concept_drift] } }
  - { name: other, task: classification }
webhooks:
  train: { preset: airflow, url: "https://u:p4ss@air.example.org/x?key=k1", headers: { Authorization: "Bearer hunter2" }, secret: topsecret }
`,
      { file: 'shiftwatch.yaml', env: {}, readFile: async () => '' },
    );
    if (!parsed.ok) throw new Error(JSON.stringify(parsed.error));
    config = async () => parsed.value;
    const catalog = await ModelCatalog.open(pool, parsed.value.models);
    await ensureVersion(pool, catalog.model('credit-risk')?.id ?? 0, '3');
  });
  afterAll(() => pool.end());

  const command = async (...args: string[]) => await run(retrain.register, ['retrain', ...args], { config });

  it('shows the request without its secrets, and records nothing', async () => {
    const { out } = await command('request', '--model', 'credit-risk', '--by', 'ana', '--dry-run');
    const [head = '', body = ''] = out.split('\n\n');
    expect(head).toMatch(/^POST https:\/\/\*\*\*:\*\*\*@air\.example\.org\/\*\*\*\?\*\*\*\n/);
    expect(head).toContain('Authorization: ***');
    expect(head).toContain('webhook-signature: ***');
    expect(out).not.toMatch(/hunter2|p4ss|k1|topsecret/);
    expect(JSON.parse(body)).toMatchObject({ conf: { trigger: 'manual', requested_by: 'ana' } });
    expect((await command('list')).said).toBe('No retraining has been asked for.\n');
  });

  it('asks, says why it does not, lists, and decides once', async () => {
    const asked = await command(
      'request',
      '--model',
      'credit-risk',
      '--by',
      'ana',
      '--comment',
      'new product',
    );
    expect(asked.said).toBe('The run is awaiting approval.\n');
    const id = asked.out.trim();
    await expect(command('request', '--model', 'credit-risk')).rejects.toThrow('(open_run)');
    const list = await command('list');
    expect(list.out).toContain(`credit-risk  3        awaiting_approval  asked_by_hand (ana)  ${id}`);
    expect((await command('approve', id, '--by', 'ben')).said).toBe('The run is requested.\n');
    await expect(command('reject', id, '--by', 'ben')).rejects.toThrow('does not wait for approval');
    expect(JSON.parse((await command('list', '--json')).out)).toMatchObject([
      { id, state: 'requested', requested_by: 'ana', decided_by: 'ben' },
    ]);
  });

  it.each([
    [['request', '--model', 'nobody'], 'there is no model nobody'],
    [['request', '--model', 'other'], 'model other has no `retrain`'],
    [['request', '--model', 'credit-risk', '--model-version', '9'], 'nothing was logged of version 9'],
    [['approve', 'x', '--by', 'ana'], 'x is no run'],
    [['approve', '0195815e-7a1b-7c3d-9e4f-1a2b3c4d5e6f', '--by', 'ana'], 'There is no retrain run'],
    [['list', '--limit', '0'], '--limit 0'],
  ])('says what is wrong with %o', async (args, message) => {
    await expect(command(...args)).rejects.toThrow(message);
  });

  it('wants to know who decides', async () => {
    expect(await command('approve', '0195815e-7a1b-7c3d-9e4f-1a2b3c4d5e6f')).toMatchObject({ code: 2 });
  });
});
