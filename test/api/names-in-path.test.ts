import Fastify from 'fastify';
import { expect, it } from 'vitest';
import { readNamesInPath } from '../../src/api/names-in-path.ts';
import { pathName } from '../../src/core/ids/path-name.ts';

it('reads names back from the addresses that the dashboard asks', async () => {
  const app = Fastify();
  app.addHook('preValidation', readNamesInPath);
  app.get('/models/:model/features/:feature/:id', (request) => request.params);
  for (const name of ['.', '..', '~..', '...', 'a/b', '100%', 'age']) {
    const { pathname } = new URL(
      `/models/${pathName(name)}/features/${pathName(name)}/~.`,
      'http://localhost',
    );
    const reply = await app.inject({ url: pathname });
    expect(reply.json()).toEqual({ model: name, feature: name, id: '~.' });
  }
});
