import { asText, param, type Preset } from './preset.ts';

const LAUNCH = `mutation Launch($params: ExecutionParams!) {
  launchRun(executionParams: $params) {
    __typename
    ... on LaunchRunSuccess { run { runId } }
    ... on PythonError { message }
    ... on RunConfigValidationInvalid { errors { message } }
  }
}`;

/** `POST /graphql` of Dagster, which answers 200 to everything: whether the run was launched stands in the body. */
export const dagster: Preset = (input) => ({
  body: {
    query: LAUNCH,
    variables: {
      params: {
        selector: {
          repositoryLocationName: param(input, 'repository_location'),
          repositoryName: param(input, 'repository'),
          jobName: param(input, 'job'),
        },
        runConfigData: {},
        executionMetadata: {
          tags: [
            { key: 'shiftwatch/run_id', value: input.data.run_id },
            { key: 'shiftwatch/request', value: asText(input.data) },
          ],
        },
      },
    },
  },
  refusal: launchRefusal,
});

function launchRefusal(answer: unknown): string | null {
  const { data, errors } = (answer ?? {}) as LaunchAnswer;
  const launched = data?.launchRun?.__typename;
  if (launched === 'LaunchRunSuccess') return null;
  const said = data?.launchRun?.message ?? data?.launchRun?.errors?.[0]?.message ?? errors?.[0]?.message;
  return [launched ?? 'no LaunchRunSuccess', said].filter((text) => text !== undefined).join(': ');
}

interface LaunchAnswer {
  readonly data?: {
    readonly launchRun?: {
      readonly __typename?: string;
      readonly message?: string;
      readonly errors?: readonly { readonly message?: string }[];
    };
  };
  readonly errors?: readonly { readonly message?: string }[];
}
