/** examples/pipeline as its README says: drift, a guarded request, a real training, a new version with its baseline, judged. */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Webhook } from 'standardwebhooks';
import { beforeAll, describe, expect, it } from 'vitest';
import type { RetrainDetail } from '../../src/store/rows/retrains.ts';
import type { VerdictDetail, VerdictRow } from '../../src/store/rows/verdicts.ts';
import { DEADLINES } from '../harness/deadlines.ts';
import { freePort } from '../harness/free-port.ts';
import { runShiftwatch, startShiftwatch, temporaryFolder, type Program } from '../harness/process.ts';
import { until } from '../harness/wait.ts';

const ROOT = join(import.meta.dirname, '../..');
const EXAMPLE = join(ROOT, 'examples/pipeline');
const SECRET = `whsec_${Buffer.from('what the pipeline signs with').toString('base64')}`;
const MODEL = 'late-payment';
/** Half a minute alone on two cores. */
const LOOP_MS = 4 * DEADLINES.longWaitMs;

/** An environment with what the example asks for, kept; null where there is no Python, or nothing can be fetched. */
function environment(): string | null {
  const wanted = readFileSync(join(EXAMPLE, 'requirements.txt'), 'utf8');
  const name = createHash('sha256').update(wanted).digest('hex').slice(0, 12);
  const folder = join(ROOT, '.cache', `venv-pipeline-${name}`);
  const [python, complete] = [join(folder, 'bin/python'), join(folder, 'complete')];
  if (existsSync(complete) && spawnSync(python, ['-c', '']).status === 0) return python;
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(join(ROOT, '.cache'), { recursive: true });
  const system = ['/usr/bin/python3', 'python3'].find(
    (each) => spawnSync(each, ['-c', 'import venv, ensurepip']).status === 0,
  );
  const made = spawnSync(system ?? 'python3', ['-m', 'venv', folder], { encoding: 'utf8' });
  const installed =
    made.status === 0
      ? spawnSync(python, ['-m', 'pip', 'install', '--quiet', '--no-compile', '-r', 'requirements.txt'], {
          cwd: EXAMPLE,
          encoding: 'utf8',
        })
      : made;
  if (installed.status === 0) writeFileSync(complete, wanted);
  else if (process.env['CI'] !== undefined) throw new Error(`no environment: ${installed.stderr}`);
  return installed.status === 0 ? python : null;
}

const PYTHON = environment();

describe.skipIf(PYTHON === null)(
  `the example of a pipeline${PYTHON === null ? ' [needs python]' : ''}`,
  () => {
    const node = PYTHON ?? '';
    let [folder, url, hook] = ['', '', ''];
    let shared: string[] = [];
    let pipeline: Program;

    const python = (...args: string[]): Program =>
      startShiftwatch([...args, ...shared], {
        node,
        program: join(EXAMPLE, 'pipeline.py'),
        folder,
        env: { TRAINING_SECRET: SECRET, PYTHONDONTWRITEBYTECODE: '1' },
      });
    const read = async <T>(path: string): Promise<T> =>
      (await (await fetch(`${url}/api/v1/${path}`)).json()) as T;
    const runs = async (): Promise<RetrainDetail[]> => {
      const { items } = await read<{ items: { id: string }[] }>(`retrains?model=${MODEL}`);
      return await Promise.all(items.map(({ id }) => read<RetrainDetail>(`retrains/${id}`)));
    };
    const verdicts = async (version: string): Promise<VerdictRow[]> =>
      (await read<{ items: VerdictRow[] }>(`verdicts?model=${MODEL}&version=${version}&segment=&limit=200`))
        .items;
    const asked = (): string[] => readdirSync(join(folder, '.pipeline/asked'));
    const request = async (...args: string[]) =>
      await runShiftwatch(
        ['retrain', 'request', '--model', MODEL, ...args],
        { folder, env: { TRAINING_SECRET: SECRET } },
        DEADLINES.longWaitMs,
      );
    /** A request of shiftwatch's, signed at this moment by that secret. */
    const call = async (data: unknown, secret = SECRET, at = new Date()) => {
      const body = JSON.stringify({ type: 'retrain.requested', timestamp: at.toISOString(), data });
      const headers = {
        'webhook-id': 'msg_1',
        'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
        'webhook-signature': new Webhook(secret).sign('msg_1', at, body),
      };
      const answer = await fetch(hook, { method: 'POST', headers, body });
      return [answer.status, ((await answer.json()) as { status: string }).status];
    };

    beforeAll(async () => {
      folder = temporaryFolder();
      const [port, own] = [await freePort(), await freePort()];
      url = `http://127.0.0.1:${port}`;
      hook = `http://127.0.0.1:${own}/retrain`;
      shared = ['--url', url, '--port', `${own}`];
      const config = readFileSync(join(EXAMPLE, 'shiftwatch.yaml'), 'utf8')
        .replaceAll('8080', `${port}`)
        .replaceAll('8099', `${own}`);
      const service = startShiftwatch(['serve'], { folder, config, env: { TRAINING_SECRET: SECRET } });
      pipeline = python('serve');
      const waits = DEADLINES.longWaitMs;
      await Promise.all([service.waitForLine(/"serving"/, waits), pipeline.waitForLine(/^waiting/, waits)]);
      expect(await python('train').waitForExit(waits)).toMatchObject({ code: 0 });
    }, 2 * DEADLINES.longWaitMs);

    it('passes its own tests', { timeout: DEADLINES.longWaitMs }, () => {
      const env = { PYTHONDONTWRITEBYTECODE: '1' };
      const done = spawnSync(node, ['-W', 'error', '-m', 'unittest', 'test_pipeline.py'], {
        cwd: EXAMPLE,
        env,
      });
      expect(done.stderr.toString()).toMatch(/^OK$/m);
    });

    it('refuses what is not signed, or was long ago', async () => {
      const data = { run_id: '0f5d1c7e-2a0b-4f6e-9d51-7a3b8c9d0e1f', model: MODEL, status_url: `${url}/` };
      const another = `whsec_${Buffer.from('somebody else').toString('base64')}`;
      expect(await call(data, another)).toEqual([401, 'signature_mismatch']);
      const old = new Date(Date.now() - 301_000);
      expect(await call(data, SECRET, old)).toEqual([401, 'timestamp_out_of_range']);
      expect(await call({ ...data, model: 'another' })).toEqual([422, 'not_for_this_pipeline']);
      expect(await call({ ...data, run_id: '../x' })).toEqual([400, 'not_understood']);
      expect(asked()).toEqual([]);
    });

    it(
      'goes round: asked once there is enough to train on, trained, and told that it has helped',
      async () => {
        const { code, stdout, stderr } = await python('simulate').waitForExit(LOOP_MS);
        expect({ code, stdout, stderr }).toMatchObject({ code: 0 });
        const told = ['too_few_labels', 'performance_drop', 'retraining succeeded', 'has fixed it'];
        expect(told.map((words) => stdout.indexOf(words))).toEqual(
          told.map((words) => stdout.indexOf(words)).toSorted((one, other) => one - other),
        );
        expect(stdout).toContain('retrain declined: too_few_labels');
        expect(await read(`alerts?model=${MODEL}&open=true`)).toMatchObject({ items: [] });

        const [run, ...more] = await runs();
        expect(more).toEqual([]);
        expect(run).toMatchObject({
          state: 'succeeded',
          version: '1',
          new_version: '2',
          outcome: 'fixed',
          outcome_reason: 'performance_restored',
          detail: expect.stringMatching(/^\d+ trees on \d+ rows; energy: /) as unknown,
          new_baseline: { exists: true },
          progress: { target: { metric: 'accuracy', value: 0.9, source: 'config' } },
        });
        const { points, reached } = run?.progress ?? { points: [], reached: null };
        expect(points.length).toBeGreaterThan(1);
        expect(points.at(-1)?.value).toBeGreaterThanOrEqual(0.9);
        expect(points.at(-1)).toMatchObject({ elapsed_s: reached?.elapsed_s, energy_j: reached?.energy_j });
        expect(reached?.elapsed_s).toBeGreaterThan(0);
        expect(reached?.energy_j).toBeGreaterThan(0);
      },
      LOOP_MS,
    );

    it('answers with the new version, which is judged against its own baseline', async () => {
      const [before, after] = [await verdicts('1'), await verdicts('2')];
      expect(new Set(before.map(({ verdict }) => verdict))).toContain('concept_drift');
      expect(after.map(({ verdict }) => verdict)).toEqual(after.map(() => 'none'));
      const accuracy = async ([newest]: VerdictRow[]): Promise<number> =>
        (await read<VerdictDetail>(`verdicts/${newest?.id}`)).performance?.metrics['accuracy']?.current ??
        NaN;
      const isByLabels = ({ series, rows }: VerdictRow) => series === 'matured' && rows > 0;
      expect(after.filter(isByLabels).length).toBeGreaterThan(1);
      expect(await accuracy(before.filter(isByLabels))).toBeLessThan(0.7);
      expect(await accuracy(after.filter(isByLabels))).toBeGreaterThan(0.88);
    });

    it('trains once however often it is asked, and shiftwatch asks no version again within the cooldown', async () => {
      const [name = ''] = asked();
      const kept = readFileSync(join(folder, '.pipeline/asked', name), 'utf8');
      const { data } = JSON.parse(kept) as { data: unknown };
      expect(await call(data)).toEqual([200, 'known']);
      expect(await call(data)).toEqual([200, 'known']);
      for (const version of ['1', '2']) {
        const { code, stdout, stderr } = await request('--model-version', version);
        expect({ code, said: `${stdout}${stderr}` }).toMatchObject({
          code: 1,
          said: expect.stringContaining('cooldown') as unknown,
        });
      }
      expect(asked()).toHaveLength(1);
      expect(readdirSync(join(folder, '.pipeline/models'))).toEqual(['1.joblib', '2.joblib']);
    });

    it('says that a training has missed its target, and the old version stays', async () => {
      await pipeline.stop();
      pipeline = python('serve', '--target', '0.999');
      await pipeline.waitForLine(/^waiting/, DEADLINES.longWaitMs);
      expect(await request('--model-version', '2', '--force')).toMatchObject({ code: 0 });
      const failed = await until(async () => (await runs()).find(({ state }) => state === 'failed') ?? null, {
        what: 'the failure to be reported',
        timeoutMs: DEADLINES.longWaitMs,
      });
      expect(failed).toMatchObject({
        new_version: null,
        detail: expect.stringMatching(/^The best accuracy of 100 trees was 0\.9\d+, the target is 0\.999$/),
        in_trouble: true,
        incidents: [{ kind: 'failed', resolved_at: null }],
        progress: { reached: { energy_j: expect.any(Number) } },
      });
      expect(readFileSync(join(folder, '.pipeline/in-service.json'), 'utf8')).toBe('"2"');
    });
  },
);
