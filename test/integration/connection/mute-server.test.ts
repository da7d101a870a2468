import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { silentLog } from '../../../src/core/log.ts';
import { migrate } from '../../../src/store/connection/migrate.ts';
import { atEnd } from '../../harness/cleanup.ts';

test('a server that listens and says nothing is away, too', { timeout: 60_000 }, async () => {
  const server = createServer(() => {}).listen(0, '127.0.0.1');
  atEnd(() => void server.close());
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const connectionString = `postgresql://somebody:secret@127.0.0.1:${port}/x`;
  await expect(migrate({ connectionString, log: silentLog })).rejects.toThrow(
    /cannot connect to the database/,
  );
});
