import type { Target } from './target.ts';

export const standard: Target = {
  /** Standard Webhooks: `{type, timestamp, data}`. Argo Events and most receivers of one's own take it as it is. */
  ask: ({ request, data }) => ({
    body: { type: 'retrain.requested', timestamp: new Date(request.requestedAtMs).toISOString(), data },
  }),
};
