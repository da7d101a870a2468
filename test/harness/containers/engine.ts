/** The machine's container engine, Docker's or another that speaks its API: the third rung of the ladder of services. */
import { spawnSync } from 'node:child_process';
import { get } from 'node:http';
import { errorMessage } from '../../../src/core/errors.ts';
import { DEADLINES } from '../deadlines.ts';
import type { Unavailable } from '../services.ts';

/** What a service is started from. */
export interface ServiceImage {
  readonly image: string;
  /** Where it listens, inside. */
  readonly port: number;
  /** The same on this machine; absent: at any free port. */
  readonly hostPort?: number;
  readonly environment?: Readonly<Record<string, string>>;
  readonly command?: readonly string[];
}

export interface StartedImage {
  readonly host: string;
  readonly port: number;
  stop(): Promise<void>;
}

export interface Engine {
  /** `container engine 28.2.2 (Debian GNU/Linux 12)`. */
  readonly name: string;
  /** Where ports of its containers are found. */
  readonly host: string;
  /** Whether `docker compose` is here, which is a program and no part of the engine. */
  readonly hasCompose: boolean;
  start(service: ServiceImage): Promise<StartedImage | Unavailable>;
}

const FIX = 'start a container engine, and set DOCKER_HOST where its socket is in no usual place';
const DEFAULT_SOCKET = 'unix:///var/run/docker.sock';

/** testcontainers is loaded only when something is missing: that alone takes half a second. */
export async function findEngine(): Promise<Engine | Unavailable> {
  const { GenericContainer, getContainerRuntimeClient } = await import('testcontainers');
  let client: Awaited<ReturnType<typeof getContainerRuntimeClient>>;
  try {
    client = await getContainerRuntimeClient();
  } catch {
    // It tries several sockets and says of none what was wrong.
    const asked = process.env['DOCKER_HOST'] ?? DEFAULT_SOCKET;
    return { why: `no container engine answers (${asked}: ${await silenceOf(asked)})`, fix: FIX };
  }
  const { containerRuntime } = client.info;
  return {
    name: `container engine ${containerRuntime.serverVersion} (${containerRuntime.operatingSystem})`,
    host: containerRuntime.host,
    hasCompose: spawnSync('docker', ['compose', 'version'], { stdio: 'ignore' }).status === 0,
    async start({ image, port, hostPort, environment = {}, command }) {
      const container = new GenericContainer(image)
        .withExposedPorts(hostPort === undefined ? port : { container: port, host: hostPort })
        .withEnvironment({ ...environment })
        .withStartupTimeout(DEADLINES.longWaitMs);
      if (command !== undefined) container.withCommand([...command]);
      try {
        const started = await container.start();
        return {
          host: started.getHost(),
          port: started.getMappedPort(port),
          stop: async () => void (await started.stop()),
        };
      } catch (error) {
        const why = `${image} did not start: ${errorMessage(error)}`;
        return { why, fix: `see that the engine can pull and run ${image}` };
      }
    },
  };
}

/** What comes back when the engine's address is asked whether it is there. */
export async function silenceOf(address: string): Promise<string> {
  const { protocol, pathname, hostname, port } = new URL(address);
  const to = protocol === 'unix:' ? { socketPath: pathname } : { host: hostname, port };
  return await new Promise((resolve) => {
    const asking = get({ ...to, path: '/info', timeout: 5_000 }, (answer) => {
      answer.resume();
      resolve(`answers ${answer.statusCode}`);
    });
    asking.once('timeout', () => asking.destroy(new Error('no answer within five seconds')));
    asking.once('error', (error) => resolve(error.message));
  });
}
