import type { Preset } from './preset.ts';

/** Standard Webhooks: `{type, timestamp, data}`. Argo Events and most receivers of one's own take it as it is. */
export const standard: Preset = ({ request, data }) => ({
  body: { type: 'retrain.requested', timestamp: new Date(request.requestedAtMs).toISOString(), data },
});
