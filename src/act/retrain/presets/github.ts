import { asText, type Preset } from './preset.ts';

/** `POST /repos/<owner>/<repo>/dispatches`. GitHub takes at most ten keys at the top of the payload: this is one. */
export const github: Preset = ({ data, params }) => ({
  body: {
    event_type: (params.get('event_type') ?? 'shiftwatch-retrain').slice(0, 100),
    client_payload: { shiftwatch: data },
  },
});

/**
 * `POST /repos/<owner>/<repo>/actions/workflows/<file>/dispatches`. Inputs are texts, and GitHub refuses those that the
 * workflow does not declare: it declares one, named `input` here and `shiftwatch` by default, and finds JSON in it.
 */
export const githubWorkflow: Preset = ({ data, params }) => ({
  body: {
    ref: params.get('ref') ?? 'main',
    inputs: { [params.get('input') ?? 'shiftwatch']: asText(data) },
  },
});
