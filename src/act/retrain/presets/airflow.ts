import { type Preset, runName } from './preset.ts';

/**
 * `POST /api/v2/dags/<dag>/dagRuns` of Airflow 3, which insists on `logical_date` and refuses fields it does not know;
 * `/api/v1/…` of Airflow 2 takes the same body. 409: a run of this name is there.
 */
export const airflow: Preset = ({ request, data }) => ({
  body: { dag_run_id: runName(request), logical_date: null, conf: data },
  alsoSuccess: [409],
});
