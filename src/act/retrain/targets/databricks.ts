import { MINUTE_MS } from '../../../core/clock.ts';
import { known, listAt, notThere, textAt } from './reading.ts';
import { asText, beside, param, type Target } from './target.ts';

export const databricksJobs: Target = {
  /** `POST /api/2.2/jobs/run-now` of Databricks. A token seen before starts nothing; it has at most 64 characters. */
  ask: (input) => ({
    body: {
      job_id: Number(param(input, 'job_id')),
      idempotency_token: input.deliveryId.slice(0, 64),
      job_parameters: { shiftwatch: asText(input.data), run_id: input.data.run_id },
    },
  }),
  mostBytes: 9_000,
  /** `GET /api/2.2/jobs/runs/list` of one job; a run is known by the job parameter `run_id` that it was given. */
  poll: {
    call: ({ url, params, requestedAtMs }) => {
      const since = String(requestedAtMs - 10 * MINUTE_MS);
      const query = { job_id: params.get('job_id') ?? '', start_time_from: since, limit: '25' };
      return { method: 'GET', url: beside(url, /\/run-now\/?$/, '/runs/list', query), body: null };
    },
    read: (answer, { runId }) => {
      const run = listAt(answer, 'runs').find((each) =>
        listAt(each, 'job_parameters').some(
          (parameter) => textAt(parameter, 'name') === 'run_id' && textAt(parameter, 'value') === runId,
        ),
      );
      if (run === undefined) return notThere;
      const externalId = textAt(run, 'run_id');
      const life = textAt(run, 'state', 'life_cycle_state');
      const result = textAt(run, 'state', 'result_state');
      if (
        life === 'INTERNAL_ERROR' ||
        life === 'SKIPPED' ||
        (life === 'TERMINATED' && result !== 'SUCCESS')
      ) {
        const message = textAt(run, 'state', 'state_message') ?? '';
        const detail = message.trim() === '' ? (result ?? life) : message;
        return known('failed', { externalId, detail });
      }
      return known(life === 'TERMINATED' ? 'succeeded' : 'running', { externalId });
    },
  },
};
