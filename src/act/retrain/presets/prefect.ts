import { type Preset, runName } from './preset.ts';

/** `POST /api/deployments/<id>/create_flow_run` of Prefect 3; the flow takes one parameter, `shiftwatch`. */
export const prefect: Preset = ({ request, data, deliveryId }) => ({
  body: {
    name: runName(request),
    parameters: { shiftwatch: data },
    idempotency_key: deliveryId,
    tags: ['shiftwatch', data.model],
  },
});
