/** The third rung on a stand-in of an engine: what is asked of it, and what is said where it cannot help. */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { atEnd } from '../cleanup.ts';
import { startHttp } from '../http.ts';
import { type Engine, findEngine, silenceOf } from './engine.ts';
import { type StandInEngine, startStandInEngine } from './stand-in-engine.ts';

const IMAGE = 'redis:8.2.1-bookworm';

describe('an engine', () => {
  let standIn: StandInEngine;
  let engine: Engine;
  beforeAll(async () => {
    standIn = await startStandInEngine([IMAGE]);
    atEnd(() => standIn[Symbol.asyncDispose]());
    process.env['DOCKER_HOST'] = standIn.address;
    // Whoever runs this may have an engine in the settings of testcontainers, and a helper of theirs cannot run here.
    process.env['HOME'] = mkdtempSync(join(tmpdir(), 'shiftwatch-home-'));
    process.env['TESTCONTAINERS_RYUK_DISABLED'] = 'true';
    const found = await findEngine();
    if ('why' in found) throw new Error(found.why);
    engine = found;
  });

  it('is known by its version', () => {
    expect(engine.name).toBe('container engine 99.1 (a stand-in)');
  });

  it('starts an image, says where it listens, and removes it', async () => {
    const environment = { PASSWORD: 'test' };
    const started = await engine.start({ image: IMAGE, port: 6379, environment, command: ['redis-server'] });
    if ('why' in started) throw new Error(started.why);
    expect(started.port).toBe(standIn.port);
    expect(standIn.created()).toMatchObject({
      Image: IMAGE,
      Cmd: ['redis-server'],
      Env: ['PASSWORD=test'],
      HostConfig: { PortBindings: { '6379/tcp': [{ HostPort: '0' }] } },
    });
    expect(standIn.asked).not.toContain('DELETE /containers/c0ffee');
    await started.stop();
    expect(standIn.asked.at(-1)).toBe('DELETE /containers/c0ffee');
  });

  it('binds the port that is asked for', async () => {
    await engine.start({ image: IMAGE, port: 9092, hostPort: standIn.port });
    expect(standIn.created()).toMatchObject({
      HostConfig: { PortBindings: { '9092/tcp': [{ HostPort: `${standIn.port}` }] } },
    });
  });

  it('that cannot have an image says so', async () => {
    expect(await engine.start({ image: 'postgres:17.6', port: 5432 })).toEqual({
      why: expect.stringMatching(/^postgres:17\.6 did not start: .*manifest unknown/),
      fix: 'see that the engine can pull and run postgres:17.6',
    });
  });
});

describe('the address of an engine that does not answer', () => {
  it.each([
    ['a socket that is not there', 'unix:///nowhere/docker.sock', 'connect ENOENT /nowhere/docker.sock'],
    ['a port at which nobody listens', 'tcp://127.0.0.1:1', 'connect ECONNREFUSED 127.0.0.1:1'],
  ])('is asked why: %s', async (_what, address, said) => {
    expect(await silenceOf(address)).toBe(said);
  });

  it('is asked why: somebody else answers', async () => {
    const { url } = await startHttp({ status: 503 });
    expect(await silenceOf(url.replace('http:', 'tcp:'))).toBe('answers 503');
  });
});
