import { at, textAt } from './reading.ts';
import { asText, param, type Target } from './target.ts';

const LAUNCH = `mutation Launch($params: ExecutionParams!) {
  launchRun(executionParams: $params) {
    __typename
    ... on LaunchRunSuccess { run { runId } }
    ... on PythonError { message }
    ... on RunConfigValidationInvalid { errors { message } }
  }
}`;

export const dagster: Target = {
  /** `POST /graphql` of Dagster, which answers 200 to everything: whether the run was launched stands in the body. */
  ask: (input) => ({
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
  }),
};

function launchRefusal(answer: unknown): string | null {
  const launch = at(answer, 'data', 'launchRun');
  const launched = textAt(launch, '__typename');
  if (launched === 'LaunchRunSuccess') return null;
  const said =
    textAt(launch, 'message') ??
    textAt(launch, 'errors', 0, 'message') ??
    textAt(answer, 'errors', 0, 'message');
  return [launched ?? 'no LaunchRunSuccess', said].filter((text) => text !== null).join(': ');
}
