/** As much of Docker's API as testcontainers asks of it to start one container and to end it. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';

export interface StandInEngine extends AsyncDisposable {
  /** For DOCKER_HOST. */
  readonly address: string;
  /** Where a container's port is found: the engine's own, so that somebody listens. */
  readonly port: number;
  /** `POST /containers/create`, in order. */
  readonly asked: string[];
  /** What the last container was made of. */
  readonly created: () => unknown;
}

const ID = 'c0ffee';

/** `images` are those it has; it can pull no other. */
export async function startStandInEngine(images: readonly string[]): Promise<StandInEngine> {
  const asked: string[] = [];
  let created: unknown = null;

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname } = new URL(request.url ?? '', 'http://engine');
    const call = `${request.method} ${decodeURIComponent(pathname).replace(/^\/v[\d.]+/, '')}`;
    asked.push(call);
    const send = (status: number, body: object = {}): void => {
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    };
    const image = /^GET \/images\/(.+)\/json$/.exec(call)?.[1];
    if (image !== undefined)
      return images.includes(image) ? send(200, { Id: image }) : send(404, { message: 'no' });
    switch (call) {
      case 'GET /info':
        return send(200, { ServerVersion: '99.1', OperatingSystem: 'a stand-in', OSType: 'linux' });
      case 'GET /containers/json':
        return send(200, []);
      case 'POST /images/create':
        return send(404, { message: 'manifest unknown' });
      case 'POST /containers/create':
        created = await json(request);
        return send(201, { Id: ID });
      case `GET /containers/${ID}/json`:
        return send(200, inspected(created, port));
      case `POST /containers/${ID}/exec`:
        return send(201, { Id: 'look' });
      case 'GET /exec/look/json':
        return send(200, { ExitCode: 0 });
      case 'POST /exec/look/start':
      case `POST /containers/${ID}/start`:
      case `POST /containers/${ID}/stop`:
      case `DELETE /containers/${ID}`:
        return void response.writeHead(call.startsWith('POST /exec') ? 200 : 204).end();
      default:
        return send(501, { message: `the stand-in knows no ${call}` });
    }
  }

  const server = createServer((request, response) => void answer(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    address: `tcp://127.0.0.1:${port}`,
    port,
    asked,
    created: () => created,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** A container that runs, and every port of which is found at one. */
function inspected(created: unknown, hostPort: number): object {
  const { ExposedPorts } = created as { ExposedPorts: Readonly<Record<string, unknown>> };
  const bound = [{ HostIp: '0.0.0.0', HostPort: `${hostPort}` }];
  const ports = Object.keys(ExposedPorts).map((port) => [port.includes('/') ? port : `${port}/tcp`, bound]);
  return {
    Id: ID,
    Name: '/stand-in',
    Config: { Hostname: 'stand-in', Labels: {} },
    State: { Status: 'running', Running: true, StartedAt: '2026-01-01T00:00:00Z' },
    NetworkSettings: { Ports: Object.fromEntries(ports), Networks: {} },
    HostConfig: { PortBindings: {} },
  };
}
