import { PRESET_FORMATS } from '../core/events/log-format.ts';
import type { Config } from './resolve.ts';

/** What is allowed but may not do what its reader expects. One sentence each; `config check` and `serve` print them. */
export function configNotices(config: Config): string[] {
  return [
    ...halvesNotices(config),
    ...config.models.flatMap((model) => [
      ...(model.groups.length > 0 && model.positiveClass === null && model.task === 'classification'
        ? [`model ${model.name}: without positive_class nobody is selected, and \`groups\` has no figures`]
        : []),
      ...(model.alerts.channels.length === 0
        ? [`model ${model.name}: no alert channels; alerts appear in the dashboard and the API only`]
        : []),
      ...digestNotices(model),
      ...(!model.storePredictions || model.sampling !== undefined
        ? [
            `model ${model.name}: labels of predictions that are not stored are ignored; performance is measured on the stored ones`,
          ]
        : []),
      ...(model.featuresFrom === 'features' &&
      config.kafka !== null &&
      config.kafka.topics.features.length === 0
        ? [
            `model ${model.name}: features are logged apart, but no Kafka topic carries them; they must come over HTTP`,
          ]
        : []),
    ]),
  ];
}

function digestNotices({ name, alerts: { channels, page, digest } }: Config['models'][number]): string[] {
  if (channels.length === 0 || page === 'all') return [];
  if (digest === null) {
    return [`model ${name}: what does not page is only shown, because \`alerts.digest\` is off`];
  }
  return digest?.channels.length === 0
    ? [`model ${name}: none of its channels takes a digest, so everything pages`]
    : [];
}

/** Formats that log requests and responses apart give features and predictions apart, which a model must ask for. */
function halvesNotices({ kafka, api, models }: Config): string[] {
  if (models.some(({ featuresFrom }) => featuresFrom === 'features')) return [];
  const halves = new Set<string>(PRESET_FORMATS.filter(({ halves }) => halves).map(({ name }) => name));
  const used = [
    ...[...(kafka?.formats ?? [])].map(([topic, format]) => ({ ...format, place: `topic ${topic}` })),
    ...[...api.formats].map(([name, format]) => ({ ...format, place: `posted format ${name}` })),
  ];
  return used.flatMap(({ place, name, mapping }) =>
    mapping === null && halves.has(name)
      ? [
          `${place}: ${name} logs requests and responses apart, and no model says \`features_from: features\`; features of requests would be left out`,
        ]
      : [],
  );
}
