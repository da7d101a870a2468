import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { loadConfig } from '../../src/config/load.ts';
import { configNotices } from '../../src/config/notices.ts';

// As much of the Compose specification as the file uses: a key that is not here fails the test and is looked at.
const serviceSchema = z.strictObject({
  image: z.string(),
  build: z.string().optional(),
  hostname: z.string().optional(),
  restart: z.string(),
  entrypoint: z.array(z.string()).optional(),
  command: z.array(z.string()).optional(),
  environment: z.record(z.string(), z.string()).default({}),
  ports: z.array(z.string()).default([]),
  volumes: z.array(z.string()).default([]),
  depends_on: z.record(z.string(), z.strictObject({ condition: z.string() })).default({}),
  healthcheck: z
    .strictObject({
      test: z.tuple([z.enum(['CMD', 'CMD-SHELL'])], z.string()),
      interval: z.string(),
      timeout: z.string(),
      retries: z.int(),
      start_period: z.string(),
    })
    .optional(),
  stop_grace_period: z.string().optional(),
  read_only: z.boolean().optional(),
  tmpfs: z.array(z.string()).optional(),
  cap_drop: z.array(z.string()).optional(),
  security_opt: z.array(z.string()).optional(),
  init: z.boolean().optional(),
});
const composeSchema = z.strictObject({
  name: z.string(),
  services: z.record(z.string(), serviceSchema),
  volumes: z.record(z.string(), z.null()),
});

/** Runs once and ends. */
const ONE_SHOT = new Set(['topics']);

const compose = composeSchema.parse(interpolated(parse(read('docker-compose.yml')), {}));
const services = new Map(Object.entries(compose.services));

describe('docker-compose.yml', () => {
  it('publishes ports on the loopback address only', () => {
    const published = [...services.values()].flatMap((service) => service.ports);
    expect(published).toEqual(['127.0.0.1:9092:9092', '127.0.0.1:8025:8025', '127.0.0.1:8080:8080']);
  });

  it('asks every service that stays how it is', () => {
    for (const [name, { healthcheck }] of services) {
      expect(healthcheck === undefined, `a health check of ${name}`).toBe(ONE_SHOT.has(name));
    }
  });

  it('starts nothing before what it needs works, or has done its work', () => {
    for (const { depends_on: needs } of services.values()) {
      for (const [name, { condition }] of Object.entries(needs)) {
        expect(services.has(name)).toBe(true);
        expect(condition).toBe(ONE_SHOT.has(name) ? 'service_completed_successfully' : 'service_healthy');
      }
    }
    expect(Object.keys(service('shiftwatch').depends_on).sort()).toEqual(
      [...services.keys()].filter((name) => name !== 'shiftwatch').sort(),
    );
  });

  it('names the version of every image, and of shiftwatch its own', () => {
    for (const { image } of services.values()) expect(image).toMatch(/:v?\d+\.\d+(\.\d+)?(-[a-z]+)?$/);
    const manifest = z.object({ version: z.string() }).parse(JSON.parse(read('package.json')));
    expect(service('shiftwatch').image).toBe(`shiftwatch:${manifest.version}`);
    const tested = /<kafka\.version>(.*)<\/kafka\.version>/.exec(read('test/harness/kafka/pom.xml'))?.[1];
    expect([service('kafka').image, service('topics').image]).toEqual(
      Array(2).fill(`apache/kafka:${tested}`),
    );
  });

  it('keeps data in volumes that it declares', () => {
    const mounted = [...services.values()].flatMap(({ volumes }) =>
      volumes.filter((volume) => !volume.startsWith('.')).map((volume) => volume.split(':')[0]),
    );
    expect(new Set(mounted)).toEqual(new Set(Object.keys(compose.volumes)));
  });

  it('advertises the port of Kafka that it publishes, under the address it publishes it on', () => {
    const moved = composeSchema.parse(
      interpolated(parse(read('docker-compose.yml')), { KAFKA_PORT: '19999' }),
    ).services['kafka'];
    expect(moved?.ports).toEqual(['127.0.0.1:19999:9092']);
    expect(moved?.environment['KAFKA_ADVERTISED_LISTENERS']).toBe(
      'INSIDE://kafka:19092,OUTSIDE://127.0.0.1:19999',
    );
  });

  it('never lets Redis throw jobs away', () => {
    expect(service('redis').command?.join(' ')).toContain('--appendonly yes --maxmemory-policy noeviction');
  });
});

describe('deploy/shiftwatch.yaml', () => {
  const { environment, volumes } = service('shiftwatch');

  it('is mounted read-only where the image looks for it', () => {
    expect(volumes).toEqual(['./deploy/shiftwatch.yaml:/etc/shiftwatch/shiftwatch.yaml:ro']);
    expect(environment['SHIFTWATCH_CONFIG']).toBe('/etc/shiftwatch/shiftwatch.yaml');
    expect(read('Dockerfile')).toContain('"/etc/shiftwatch/shiftwatch.yaml"');
  });

  it('is right with exactly the variables that the compose file sets', async () => {
    const loaded = await loadConfig(path('deploy/shiftwatch.yaml'), environment);
    if (!loaded.ok) throw new Error(JSON.stringify(loaded.error));
    const config = loaded.value;
    expect(configNotices(config)).toEqual([]);
    expect(config.auth.tokens).toBe(true);
    expect(config.queue).toEqual({ backend: 'redis', url: 'redis://:local-only@redis:6379' });
    expect(config.databaseUrl).toBe('postgres://shiftwatch:local-only@postgres:5432/shiftwatch');
    expect(config.kafka?.brokers).toEqual(['kafka:19092']);
  });

  it('reads the topics that the compose file makes', async () => {
    const loaded = await loadConfig(path('deploy/shiftwatch.yaml'), environment);
    if (!loaded.ok || loaded.value.kafka === null) throw new Error('no Kafka in the configuration');
    const { predictions, features, labels } = loaded.value.kafka.topics;
    const made = /for topic in (.+); do/.exec(service('topics').command?.join('\n') ?? '')?.[1];
    expect(made?.split(' ')).toEqual([...predictions, ...features, ...labels]);
  });
});

function service(name: string): z.output<typeof serviceSchema> {
  const found = services.get(name);
  if (found === undefined) throw new Error(`there is no service ${name}`);
  return found;
}

/** `${NAME:-default}` and `$$`, as Compose reads them. A variable without a default would be a mistake here. */
function interpolated(value: unknown, env: Readonly<Record<string, string>>): unknown {
  if (typeof value === 'string') {
    return value.replace(/\$(?:(\$)|\{(\w+):-([^}]*)\})?/g, (match, dollar, name, fallback) => {
      if (dollar !== undefined) return '$';
      if (name === undefined) throw new Error(`what is "${match}" in "${value}"?`);
      return env[String(name)] ?? String(fallback);
    });
  }
  if (Array.isArray(value)) return value.map((item) => interpolated(item, env));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, interpolated(item, env)]));
}

function path(name: string): string {
  return fileURLToPath(new URL(`../../${name}`, import.meta.url));
}

function read(name: string): string {
  return readFileSync(path(name), 'utf8');
}
