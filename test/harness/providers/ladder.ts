import { type Engine, findEngine, type ServiceImage } from '../containers/engine.ts';
import type { Service, Unavailable } from '../services.ts';
import type { TestRun } from '../test-run.ts';

export interface Rungs {
  /** The variable that may give an address. */
  readonly variable: string;
  /** A program of this machine. */
  local(): Promise<Service>;
  /** What a container of it is made of, when its ports are found at that host. */
  image(host: string): Promise<ServiceImage>;
  /** Its address, when it listens there. */
  addressAt(host: string, port: number): string;
}

/** What is given, else a program of this machine, else a container. Whoever has the first two is not asked for an engine. */
export async function climb(
  { variable, local, image, addressAt }: Rungs,
  run: Pick<TestRun, 'onEnd'>,
  engineOf: () => Promise<Engine | Unavailable> = findEngine,
): Promise<Service> {
  const given = process.env[variable];
  if (given !== undefined) return { status: 'ready', address: given, from: variable };
  const found = await local();
  if (found.status === 'ready') return found;

  const missing = ({ why, fix }: Unavailable): Service => ({
    status: 'missing',
    why: `${found.why}, and ${why}`,
    fix: `${found.fix}, set ${variable}, or ${fix}`,
  });
  const engine = await engineOf();
  if ('why' in engine) return missing(engine);
  const wanted = await image(engine.host);
  const started = await engine.start(wanted);
  if ('why' in started) return missing(started);
  run.onEnd(() => started.stop());
  const address = addressAt(started.host, started.port);
  return { status: 'ready', address, from: `${wanted.image} on ${engine.name}` };
}
