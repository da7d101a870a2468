import { asText, param, runName, type Target } from './target.ts';

export const argo: Target = {
  /** `POST /api/v1/workflows/<namespace>/submit` of Argo Workflows. A workflow of this name exists: 409. */
  ask: (input) => ({
    body: {
      namespace: param(input, 'namespace'),
      resourceKind: 'WorkflowTemplate',
      resourceName: param(input, 'workflow_template'),
      submitOptions: {
        name: runName(input.request),
        labels: 'app.kubernetes.io/created-by=shiftwatch',
        parameters: [
          `shiftwatch=${asText(input.data)}`,
          `run_id=${input.data.run_id}`,
          `model=${input.data.model}`,
          `model_version=${input.data.model_version}`,
        ],
      },
    },
    alsoSuccess: [409],
  }),
  namesRun: true,
};
