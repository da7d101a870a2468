import { byWord, textAt } from './reading.ts';
import { beside, runName, type Target } from './target.ts';

const STATES = { running: ['queued', 'running'], succeeded: ['success'], failed: ['failed'] };

export const airflow: Target = {
  /**
   * `POST /api/v2/dags/<dag>/dagRuns` of Airflow 3, which insists on `logical_date` and refuses fields it does not know;
   * `/api/v1/…` of Airflow 2 takes the same body. 409: a run of this name is there.
   */
  ask: ({ request, data }) => ({
    body: { dag_run_id: runName(request), logical_date: null, conf: data },
    alsoSuccess: [409],
  }),
  namesRun: true,
  /** `GET …/dagRuns/<dag_run_id>` of Airflow 2 and 3: the run has the name that it was asked by. */
  poll: {
    call: (input) => {
      const url = beside(input.url, /\/*$/, `/${encodeURIComponent(runName(input))}`);
      return { method: 'GET', url, body: null };
    },
    read: (answer) => byWord(textAt(answer, 'state'), STATES, { detail: textAt(answer, 'note') }),
  },
};
