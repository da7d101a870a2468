import { describe, expect, it } from 'vitest';
import * as channelCommand from '../../src/cli/channel/channel.ts';
import * as configCommand from '../../src/cli/config/config.ts';
import * as doctorCommand from '../../src/cli/doctor/doctor.ts';
import * as webhookCommand from '../../src/cli/channel/webhook.ts';
import type { Config } from '../../src/config/resolve.ts';
import { configFileSchema } from '../../src/config/schema/root.ts';
import { shownAs } from '../../src/config/schema/shown.ts';
import { run } from '../cli/operations.ts';
import { canaryConfig, canaryFile, found, NOWHERE } from './canaries.ts';
import { textPlaces } from './schema-places.ts';

const FILES = [canaryFile(NOWHERE, 'plain', 'basic'), canaryFile(NOWHERE, 'oauthbearer', 'bearer')] as const;

/** Where anything may be written and is shown all the same: each was thought about. A new one is thought about here. */
const SHOWN_THOUGH_FREE: readonly string[] = [
  // Where things stand in logs, and what they say there.
  'mapping.**',
  'FORMAT.class_names.*',
  'FORMAT.feature_names.*',
  'FORMAT.model',
  'FORMAT.model_version',
  'FORMAT.prediction_field',
  // Names and addresses of Kafka.
  'kafka.brokers',
  'kafka.brokers.*',
  'kafka.client_id',
  'kafka.group_id',
  'kafka.sasl.token_file',
  'kafka.ssl.server_name',
  // What stands in ID tokens and addresses of a browser.
  'auth.oidc.claim',
  'auth.oidc.client_id',
  'auth.oidc.name',
  'auth.oidc.roles.operate.*',
  'auth.oidc.roles.read.*',
  'auth.oidc.scopes',
  'auth.oidc.scopes.*',
  // What people are told of dates.
  'calendar.*.name',
  'models.*.calendar.*.name',
  // Names and classes of a model.
  'models.*.groups.*',
  'models.*.name',
  'models.*.positive_class',
  'models.*.privacy.drop.*',
  'models.*.privacy.hash.*',
  'models.*.retrain.target.metric',
  'models.*.segments.*',
  'models.*.tags.*',
  // What a target answers, never what it is sent.
  'webhooks.*.poll.detail_path',
  'webhooks.*.poll.new_version_path',
  'webhooks.*.poll.states.failed.*',
  'webhooks.*.poll.states.running.*',
  'webhooks.*.poll.states.succeeded.*',
  'webhooks.*.poll.status_path',
  'webhooks.*.template.success.answer.*',
];

function textsAt(value: unknown, place: readonly string[]): unknown[] {
  const [part, ...rest] = place;
  if (part === undefined)
    return typeof value === 'object' && value !== null ? [JSON.stringify(value)] : [value];
  if (typeof value !== 'object' || value === null) return [];
  const items = part === '*' ? Object.values(value) : [(value as Record<string, unknown>)[part]];
  return items.flatMap((item) => textsAt(item, rest));
}

describe('every text of the configuration', () => {
  const places = textPlaces(configFileSchema);

  it('is masked and has a canary in these tests, unless its schema says what of it may be seen', () => {
    const hidden = places.filter(({ schema }) => shownAs(schema)?.kind !== 'whole');
    expect(hidden.length).toBeGreaterThan(20);
    const without = hidden
      .map(({ place }) => place)
      .filter((place) => place !== 'database' && place !== 'public_url')
      .filter(
        (place) =>
          !FILES.some((file) => textsAt(file, place.split('.')).some((text) => /canary/.test(String(text)))),
      );
    expect([...new Set(without)]).toEqual([]);
  });

  it('is shown whole only where a secret does not fit, or where somebody has thought about it', () => {
    const free = places
      .filter(({ schema }) => shownAs(schema)?.kind === 'whole' && takes(schema, 'T0ken/with:odd=letters'))
      .map(({ place }) =>
        place
          .replace(/^mapping\..*/, 'mapping.**')
          .replace(/^(api\.formats|kafka\.topics\.\w+)\.\*(?=\.)/, 'FORMAT'),
      );
    expect([...new Set(free)].sort()).toEqual([...SHOWN_THOUGH_FREE].sort());
  });
});

function takes(schema: unknown, text: string): boolean {
  return (schema as { safeParse(value: unknown): { success: boolean } }).safeParse(text).success;
}

describe.each(FILES.map((file, index) => [index, file] as const))(
  'canaries of configuration %i',
  (_index, file) => {
    const config = async (): Promise<Config> => await canaryConfig(file);

    it('stand in no answer of config', async () => {
      for (const args of [['print'], ['print', '--json']]) {
        const { out, said } = await run(configCommand.register as never, ['config', ...args], { config });
        expect(out).toContain('name-of-theirs');
        expect(found(out + said)).toEqual([]);
      }
    });

    it.each(Object.keys(file.channels))('are not in what channel test prints of %s', async (name) => {
      const { out, said } = await run(channelCommand.register, ['channel', 'test', name, '--send'], {
        config,
      });
      expect(out.length).toBeGreaterThan(100);
      expect(found(out + said)).toEqual([]);
    });

    it.each(Object.keys(file.webhooks))('are not in what webhook test prints of %s', async (name) => {
      const { out, said } = await run(webhookCommand.register, ['webhook', 'test', name, '--send'], {
        config,
      });
      expect(out.length).toBeGreaterThan(100);
      expect(found(out + said)).toEqual([]);
    });

    it('are not in what doctor says of services that do not answer', async () => {
      const { out, said } = await run(doctorCommand.register, ['doctor'], { config });
      expect(out).toContain('CRITICAL');
      expect(found(out + said)).toEqual([]);
      // Doctor itself waits ten seconds for what does not answer.
    });
  },
);
