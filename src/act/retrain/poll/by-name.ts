import { airflow } from './airflow.ts';
import { databricks } from './databricks.ts';
import { githubWorkflow } from './github-workflow.ts';
import { jenkins } from './jenkins.ts';
import type { PollTarget } from './polled.ts';
import { prefect } from './prefect.ts';

/** Targets whose own interface is known; any other says where its state stands (`byPaths`). */
export const POLL_TARGETS: Readonly<Record<string, PollTarget>> = {
  airflow,
  'github-workflow': githubWorkflow,
  prefect,
  databricks,
  jenkins,
};
