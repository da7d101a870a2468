import { param, runName, type Target } from './target.ts';

export const kubeflow: Target = {
  /**
   * `POST /pipeline/apis/v2beta1/runs` of Kubeflow Pipelines 2. It knows no idempotency: a request whose answer was lost
   * may start a second run, of the same `display_name`.
   */
  ask: (input) => {
    const version = input.params.get('pipeline_version_id');
    const experiment = input.params.get('experiment_id');
    const account = input.params.get('service_account');
    return {
      body: {
        display_name: runName(input.request),
        description: input.data.summary,
        ...(experiment === undefined ? {} : { experiment_id: experiment }),
        pipeline_version_reference: {
          pipeline_id: param(input, 'pipeline_id'),
          ...(version === undefined ? {} : { pipeline_version_id: version }),
        },
        runtime_config: { parameters: { shiftwatch: input.data } },
        ...(account === undefined ? {} : { service_account: account }),
      },
    };
  },
};
