import { asText, param, type Preset } from './preset.ts';

/** `POST /api/2.2/jobs/run-now` of Databricks. A token seen before starts nothing; it has at most 64 characters. */
export const databricks: Preset = (input) => ({
  body: {
    job_id: Number(param(input, 'job_id')),
    idempotency_token: input.deliveryId.slice(0, 64),
    job_parameters: { shiftwatch: asText(input.data), run_id: input.data.run_id },
  },
});
