import { asText, param, runName, type Target } from './target.ts';

export const vertexPipelines: Target = {
  /**
   * `POST …/pipelineJobs` of Vertex AI, with a token of ours where there is a key, else for a bridge that adds Google's
   * token (a Cloud Run function, say). 409: the job of this name is there.
   */
  ask: (input) => {
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
  },
  namesRun: true,
};
