import { describe, expect, it, vi } from 'vitest';
import type { Engine } from '../containers/engine.ts';
import type { Service, Unavailable } from '../services.ts';
import { climb } from './ladder.ts';

const VARIABLE = 'TEST_OF_THE_LADDER_URL';
const HERE: Service = { status: 'ready', address: 'db://here', from: 'a program' };
const NOT_HERE: Service = { status: 'missing', why: 'no program', fix: 'install it' };
const NO_ENGINE: Unavailable = { why: 'no engine', fix: 'start one' };

interface Climb {
  readonly service: Service;
  /** Which rungs were tried. */
  readonly tried: readonly string[];
  readonly endings: readonly (() => Promise<void>)[];
}

async function climbWith(local: Service, engine: Engine | Unavailable): Promise<Climb> {
  const tried: string[] = [];
  const endings: (() => Promise<void>)[] = [];
  const service = await climb(
    {
      variable: VARIABLE,
      local: () => Promise.resolve((tried.push('local'), local)),
      image: (host) => Promise.resolve({ image: `db:1-at-${host}`, port: 5 }),
      addressAt: (host, port) => `db://${host}:${port}`,
    },
    { onEnd: (ending) => void endings.push(ending) },
    () => Promise.resolve((tried.push('engine'), engine)),
  );
  return { service, tried, endings };
}

describe('the ladder of a service', () => {
  const stop = vi.fn(() => Promise.resolve());
  const engine: Engine = {
    name: 'engine 1',
    host: 'h',
    hasCompose: false,
    start: ({ port }) => Promise.resolve({ host: 'h', port: 1000 + port, stop }),
  };

  it('ends at an address that is given', async () => {
    process.env[VARIABLE] = 'db://given';
    try {
      expect(await climbWith(HERE, engine)).toMatchObject({
        service: { status: 'ready', address: 'db://given', from: VARIABLE },
        tried: [],
      });
    } finally {
      delete process.env[VARIABLE];
    }
  });

  it('ends at a program of this machine: no engine is asked', async () => {
    expect(await climbWith(HERE, engine)).toMatchObject({ service: HERE, tried: ['local'] });
  });

  it('ends in a container, which ends with the run', async () => {
    const { service, tried, endings } = await climbWith(NOT_HERE, engine);
    expect(service).toEqual({ status: 'ready', address: 'db://h:1005', from: 'db:1-at-h on engine 1' });
    expect(tried).toEqual(['local', 'engine']);
    expect(stop).not.toHaveBeenCalled();
    for (const ending of endings) await ending();
    expect(stop).toHaveBeenCalledOnce();
  });

  it.each([
    ['there is no engine', NO_ENGINE, 'no engine', 'start one'],
    [
      'the image does not start',
      { ...engine, start: () => Promise.resolve({ why: 'no image', fix: 'pull it' }) },
      'no image',
      'pull it',
    ],
  ])('says what is missing on both rungs where %s', async (_where, found, why, fix) => {
    const { service, endings } = await climbWith(NOT_HERE, found);
    expect(service).toEqual({
      status: 'missing',
      why: `no program, and ${why}`,
      fix: `install it, set ${VARIABLE}, or ${fix}`,
    });
    expect(endings).toEqual([]);
  });
});
