import { airflow } from './airflow.ts';
import { argo } from './argo.ts';
import { sagemaker, vertex } from './clouds.ts';
import { dagster } from './dagster.ts';
import { databricks } from './databricks.ts';
import { github, githubWorkflow } from './github.ts';
import { jenkins } from './jenkins.ts';
import { kubeflow } from './kubeflow.ts';
import { prefect } from './prefect.ts';
import type { Preset } from './preset.ts';
import { standard } from './standard.ts';

export const PRESETS = {
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
} as const satisfies Readonly<Record<string, Preset>>;

/** Targets that know the run by the name it is given. */
export const NAMED_RUNS: ReadonlySet<string> = new Set(['airflow', 'argo', 'vertex']);
