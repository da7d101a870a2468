import { airflow } from './airflow.ts';
import { argo } from './argo.ts';
import { dagster } from './dagster.ts';
import { databricksJobs } from './databricks.ts';
import { github, githubWorkflow } from './github.ts';
import { jenkins } from './jenkins.ts';
import { kubeflow } from './kubeflow.ts';
import { prefect } from './prefect.ts';
import { sagemakerPipelines } from './sagemaker.ts';
import { standard } from './standard.ts';
import type { Target } from './target.ts';
import { template } from './template.ts';
import { vertexPipelines } from './vertex.ts';

/** By the preset that a webhook names. */
export const TARGETS = {
  standard,
  airflow,
  github,
  'github-workflow': githubWorkflow,
  argo,
  'argo-events': standard,
  kubeflow,
  prefect,
  dagster,
  jenkins,
  databricks: databricksJobs,
  vertex: vertexPipelines,
  sagemaker: sagemakerPipelines,
  template,
} as const satisfies Readonly<Record<string, Target>>;
