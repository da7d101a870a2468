import { asText, type Preset } from './preset.ts';

/**
 * `POST /job/<name>/buildWithParameters` of Jenkins, answered 201. Builds with the same parameters that wait in the queue
 * are one, so a repetition starts nothing while the first waits.
 */
export const jenkins: Preset = ({ data }) => ({
  body: new URLSearchParams({
    shiftwatch: asText(data),
    run_id: data.run_id,
    model: data.model,
    model_version: data.model_version,
  }).toString(),
  contentType: 'application/x-www-form-urlencoded',
});
