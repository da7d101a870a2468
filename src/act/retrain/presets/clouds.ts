import { asText, param, type Preset, runName } from './preset.ts';

/**
 * `POST …/pipelineJobs` of Vertex AI, for a bridge that adds Google's token (a Cloud Run function, say): tokens live an
 * hour, and shiftwatch holds none. 409: the job of this name is there.
 */
export const vertex: Preset = (input) => {
  const url = new URL(input.url);
  url.searchParams.set('pipelineJobId', runName(input.request));
  return {
    url: url.href,
    body: {
      displayName: runName(input.request),
      templateUri: param(input, 'template_uri'),
      runtimeConfig: {
        gcsOutputDirectory: param(input, 'gcs_output_directory'),
        parameterValues: { shiftwatch: asText(input.data) },
      },
    },
    alsoSuccess: [409],
  };
};

/**
 * `StartPipelineExecution` of SageMaker, for a bridge that signs for AWS (a Lambda function URL, say). A
 * `ClientRequestToken` seen before starts nothing.
 */
export const sagemaker: Preset = (input) => ({
  body: {
    PipelineName: param(input, 'pipeline_name'),
    PipelineExecutionDisplayName: runName(input.request),
    ClientRequestToken: input.deliveryId,
    PipelineParameters: [{ Name: 'shiftwatch', Value: asText(input.data) }],
  },
});
