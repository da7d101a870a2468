import { asText, param, runName, type Target } from './target.ts';

export const sagemakerPipelines: Target = {
  /**
   * `StartPipelineExecution` of SageMaker, signed by us where there are keys, else for a bridge that signs for AWS (a Lambda
   * function URL, say). A `ClientRequestToken` seen before starts nothing.
   */
  ask: (input) => ({
    body: {
      PipelineName: param(input, 'pipeline_name'),
      PipelineExecutionDisplayName: runName(input.request),
      ClientRequestToken: input.deliveryId,
      PipelineParameters: [{ Name: 'shiftwatch', Value: asText(input.data) }],
    },
  }),
  /** A parameter takes 1,024 characters. */
  mostBytes: 1_000,
};
