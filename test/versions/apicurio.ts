import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { errorMessage } from '../../src/core/errors.ts';
import { DEADLINES } from '../harness/deadlines.ts';
import { freePort } from '../harness/free-port.ts';
import type { Unavailable } from '../harness/services.ts';
import type { TestRun } from '../harness/test-run.ts';
import { until } from '../harness/wait.ts';

const CACHE = join(import.meta.dirname, '..', '..', '.cache');
const UNPACK = 'org.apache.maven.plugins:maven-dependency-plugin:3.8.1:unpack';

/** A real schema registry, in memory, on the machine's Java; answers where it speaks Confluent's protocol. */
export async function startApicurio(run: TestRun, version: string): Promise<string | Unavailable> {
  const folder = join(CACHE, `apicurio-${version}`);
  if (!existsSync(folder)) {
    mkdirSync(CACHE, { recursive: true });
    const artifact = `io.apicurio:apicurio-registry-app:${version}:tar.gz:all`;
    try {
      const into = `-DoutputDirectory=${folder}`;
      await promisify(execFile)('mvn', ['-q', '-B', UNPACK, `-Dartifact=${artifact}`, into]);
    } catch (error) {
      return { why: `Maven did not fetch ${artifact}: ${errorMessage(error)}`, fix: 'Install Maven' };
    }
  }
  const jar = readdirSync(folder, { recursive: true, encoding: 'utf8' }).find((path) =>
    /(?:quarkus-run|-runner)\.jar$/.test(path),
  );
  if (jar === undefined) return { why: `${folder} has no program`, fix: 'Remove it and try again' };
  const port = await freePort();
  const settings = [`-Dquarkus.http.port=${port}`, '-Dquarkus.http.host=127.0.0.1'];
  const server = run.spawn('apicurio', 'java', ['-Xmx512m', ...settings, '-jar', join(folder, jar)]);
  const url = `http://127.0.0.1:${port}/apis/ccompat/v7`;
  await until(
    async () => {
      if (server.exitCode !== null) throw new Error(run.readLog('apicurio').slice(-2_000));
      return (await fetch(`${url}/subjects`)).ok;
    },
    { what: 'Apicurio to answer', timeoutMs: DEADLINES.longWaitMs, everyMs: 250 },
  );
  return url;
}
