import { airflow } from './airflow.ts';
import { argo } from './argo.ts';
import { dagster } from './dagster.ts';
import { databricks } from './databricks.ts';
import { github, githubWorkflow } from './github.ts';
import { jenkins } from './jenkins.ts';
import { kubeflow } from './kubeflow.ts';
import { prefect } from './prefect.ts';
import { sagemaker } from './sagemaker.ts';
import { standard } from './standard.ts';
import type { Target } from './target.ts';
import { template } from './template.ts';
import { vertex } from './vertex.ts';

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
  databricks,
  vertex,
  sagemaker,
  template,
} as const satisfies Readonly<Record<string, Target>>;
