/** What docs/deployment.md says of the image, of the image that the Dockerfile builds. */
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  GenericContainer,
  getContainerRuntimeClient,
  Network,
  type StartedNetwork,
  type StartedTestContainer,
  Wait,
} from 'testcontainers';
import { beforeAll, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { atEnd } from '../harness/cleanup.ts';
import { imageOf, ROOT } from '../harness/containers/compose-file.ts';
import { describeWithEngine } from '../harness/containers/describe-with-engine.ts';
import { DEADLINES } from '../harness/deadlines.ts';
import { until } from '../harness/wait.ts';
import { exitCodeOnStop } from './exit-code.ts';

const PROGRAM = ['node', 'bin/shiftwatch.js'];
const CONFIG = {
  database: 'postgres://postgres:test@database:5432/shiftwatch_test',
  api: { listen: '0.0.0.0:8080' },
  auth: { tokens: true },
  models: [{ name: 'credit-risk', task: 'classification', windows: [{ size: '1h' }] }],
};

/** As docker-compose.yml runs it: nothing to write to but /tmp, and no rights. */
class Hardened extends GenericContainer {
  constructor(image: string) {
    super(image);
    this.hostConfig.ReadonlyRootfs = true;
    this.hostConfig.SecurityOpt = ['no-new-privileges:true'];
    this.withDroppedCapabilities('ALL').withTmpFs({ '/tmp': 'rw' });
  }
}

describeWithEngine('engine', 'the image', () => {
  const image = 'shiftwatch-test:built';
  let network: StartedNetwork;
  let serving: StartedTestContainer;
  let url: string;

  beforeAll(async () => {
    await GenericContainer.fromDockerfile(ROOT)
      .withBuildArgs({ VERSION: '1.2.3', REVISION: 'abc', CREATED: '2026-01-02T03:04:05Z' })
      .build(image, { deleteOnExit: false });
    network = await new Network().start();
    atEnd(() => network.stop());
    const database = await new GenericContainer(imageOf('postgres'))
      .withNetwork(network)
      .withNetworkAliases('database')
      .withEnvironment({ POSTGRES_DB: 'shiftwatch_test', POSTGRES_PASSWORD: 'test' })
      .withExposedPorts(5432)
      .withStartupTimeout(DEADLINES.longWaitMs)
      .start();
    atEnd(() => database.stop());
  });

  function configured(): GenericContainer {
    const file = join(mkdtempSync(join(tmpdir(), 'shiftwatch-image-')), 'shiftwatch.yaml');
    writeFileSync(file, stringify(CONFIG));
    return new Hardened(image)
      .withNetwork(network)
      .withBindMounts([{ source: file, target: '/etc/shiftwatch/shiftwatch.yaml', mode: 'ro' }])
      .withEnvironment({ SHIFTWATCH_CONFIG: '/etc/shiftwatch/shiftwatch.yaml' })
      .withStartupTimeout(DEADLINES.longWaitMs);
  }

  const get = async (path: string, token = ''): Promise<Response> =>
    await fetch(`${url}${path}`, token === '' ? {} : { headers: { authorization: `Bearer ${token}` } });

  it('migrates an empty database', async () => {
    const idle = await configured()
      .withEntrypoint(['sleep', 'infinity'])
      .withExposedPorts(8080)
      .withWaitStrategy(Wait.forSuccessfulCommand('true'))
      .start();
    const migrated = await idle.exec([...PROGRAM, 'migrate']);
    expect(migrated).toMatchObject({ exitCode: 0, output: expect.stringContaining('0001_first') });
    await idle.stop();
  });

  it('serves on 8080 with a file system that it cannot write to, and is alive and ready', async () => {
    serving = await configured()
      .withExposedPorts(8080)
      .withWaitStrategy(Wait.forHttp('/health/ready', 8080).forStatusCode(200))
      .start();
    url = `http://${serving.getHost()}:${serving.getMappedPort(8080)}`;
    expect((await get('/health/live')).status).toBe(200);
    expect((await serving.exec(['sh', '-c', 'echo > /app/trial'])).exitCode).not.toBe(0);
  });

  it('runs as uid 1000', async () => {
    const { output } = await serving.exec(['sh', '-c', "tr '\\0' ' ' </proc/1/cmdline; id -u"]);
    expect(output).toMatch(/^node bin\/shiftwatch\.js serve .*\n?1000\n$/);
  });

  it('says what it is, and takes no more than 350 MB with its base', async () => {
    const client = await getContainerRuntimeClient();
    const { Config, Size } = await client.container.dockerode.getImage(image).inspect();
    expect(Config.Labels).toMatchObject({
      'org.opencontainers.image.title': 'shiftwatch',
      'org.opencontainers.image.licenses': 'Apache-2.0',
      'org.opencontainers.image.version': '1.2.3',
      'org.opencontainers.image.revision': 'abc',
      'org.opencontainers.image.created': '2026-01-02T03:04:05Z',
    });
    expect(Size).toBeLessThan(350_000_000);
  });

  it('names in its bill of materials exactly the packages that are installed or bundled, and its Node', async () => {
    const list = `
      const { globSync, readFileSync } = require('node:fs');
      const nameOf = (file) => { const { name, version } = JSON.parse(readFileSync(file)); return name + ' ' + version; };
      const installed = globSync(['node_modules/*/package.json', 'node_modules/@*/*/package.json',
        'node_modules/**/node_modules/*/package.json', 'node_modules/**/node_modules/@*/*/package.json']).map(nameOf);
      const bundled = readFileSync('dist/LICENSES.txt', 'utf8').split('\\n\\n' + '-'.repeat(80) + '\\n\\n')
        .map((text) => text.slice(0, text.indexOf(' (')));
      const bill = JSON.parse(readFileSync('sbom.cdx.json')).components.map(({ name, version }) => name + ' ' + version);
      console.log(JSON.stringify([[...installed, ...bundled, 'node ' + process.versions.node], bill]));`;
    const { output } = await serving.exec(['node', '--no-warnings', '-e', list]);
    const [there, bill] = JSON.parse(output) as [string[], string[]];
    expect(bill.length).toBeGreaterThan(100);
    expect(new Set(bill)).toEqual(new Set(there));
  });

  it('answers who has a token: metrics, and events that it counts', async () => {
    expect((await get('/metrics')).status).toBe(401);
    const made = await serving.exec([
      ...PROGRAM,
      'token',
      'create',
      '--name',
      't',
      '--scopes',
      'ingest,operate',
    ]);
    const token = /sw_\S+/.exec(made.output)?.[0] ?? '';
    expect(await (await get('/metrics/fleet', token)).text()).toContain('shiftwatch_events_unaccounted');
    const event = { type: 'prediction', model: 'credit-risk', features: { age: 40 }, prediction: 'approve' };
    const posted = await fetch(`${url}/api/v1/events`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/x-ndjson' },
      body: Array.from({ length: 20 }, () => JSON.stringify(event)).join('\n'),
    });
    expect(await posted.json()).toMatchObject({ accepted: 20 });
    await until(
      async () => {
        const { items } = (await (await get('/api/v1/windows', token)).json()) as {
          items: { rows: number }[];
        };
        return items.reduce((sum, { rows }) => sum + rows, 0) === 20;
      },
      { what: 'the events to be counted', everyMs: 250 },
    );
  });

  it('finds itself healthy by the check that the Dockerfile has', async () => {
    const check =
      /HEALTHCHECK [\s\S]*?CMD (\[.*\])/.exec(readFileSync(join(ROOT, 'Dockerfile'), 'utf8'))?.[1] ?? '[]';
    expect((await serving.exec(JSON.parse(check) as string[])).exitCode).toBe(0);
  });

  it('ends within ten seconds of SIGTERM', async () => {
    expect(await exitCodeOnStop(serving, 10_000)).toBe(0);
  });
});
