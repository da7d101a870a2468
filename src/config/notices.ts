import type { Config } from './resolve.ts';

/** What is allowed but may not do what its reader expects. One sentence each; `config check` and `serve` print them. */
export function configNotices(config: Config): string[] {
  return config.models.flatMap((model) => [
    ...(model.groups.length > 0
      ? [`model ${model.name}: \`groups\` is read, but fairness figures are not available in this version`]
      : []),
    ...(model.alerts.channels.length === 0
      ? [`model ${model.name}: no alert channels; alerts appear in the dashboard and the API only`]
      : []),
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
  ]);
}
